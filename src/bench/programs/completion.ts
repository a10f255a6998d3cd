import { resolve } from 'node:path';
import { CompletionContext } from '../../engine/completion/completion-context.ts';
import type { FrameLimits } from '../../engine/completion/frame.ts';
import type { Weights } from '../../engine/model/weights.ts';
import type { CompletionPlace } from '../../shared/protocol.ts';
import { SuggestionCache } from '../../shared/suggestion-cache.ts';
import { BusyChat, type ChatWork } from '../completion/busy-chat.ts';
import { EndlessArm } from '../completion/endless-arm.ts';
import { InfillArm } from '../completion/infill-arm.ts';
import { typingTrace, type Stroke } from '../completion/typing-trace.ts';
import { readCorpus } from '../corpus/corpus.ts';
import { MODEL_OPTIONS, modelFile } from '../loaded-model.ts';
import { UsageError } from '../options.ts';
import { defineBench, type Measurement, type Progress } from '../program.ts';
import { stopwatch } from '../stopwatch.ts';
import { checksOf, tablesOf, type BusyResult, type CompletionMeasurement, type KeyResult, type StopResult } from './completion-results.ts';

const { window: _window, ...MODEL } = MODEL_OPTIONS;

/** Window of the chat beside the completions, with room for a message of two thousand tokens. */
const CHAT_WINDOW = 4_096;
/** Characters of the file that is typed into: all of it is near enough to be shown. */
const FILE_CHARS = 12_000;
/** A key of which nothing is known, so that the time is that of the model. */
const SETTLING_REQUESTS = 3;

/** What a completion costs while somebody types, beside the library's own infill, and while the chat is busy. */
export const completion = defineBench({
  options: {
    ...MODEL,
    shape: { ...MODEL.shape, default: '0.5b' },
    window: { default: 1024, minimum: 256, help: 'tokens that completions may hold' },
    requests: { default: 320, minimum: 10, help: 'requests after keys that reach the model' },
    tokens: { default: 8, minimum: 1, help: 'tokens that each generates' },
    every: { default: 10, minimum: 1, help: 'every how many requests the library makes the same one' },
    busy: { default: 40, minimum: 2, help: 'requests with each kind of chat beside them' },
  },
  async measure(parameters, progress): Promise<Measurement> {
    const { window, threads, gpu } = parameters;
    if (gpu !== 'auto' && gpu !== 'off') throw new UsageError(`--gpu is "auto" or "off", not "${gpu}".`);
    const modelPath = resolve(await modelFile(parameters.model, parameters.shape));
    const arm = new EndlessArm({ modelPath, gpu, threads, chatWindow: CHAT_WINDOW, window }, parameters.tokens);
    try {
      const weights = await arm.weights();
      const strokes = [...typingTrace(readCorpus('').text.slice(0, FILE_CHARS))];
      const typing = await measureTyping(arm, strokes, parameters, progress);
      const busy = await measureBusy(arm, strokes, parameters.busy, progress);
      const results: readonly CompletionMeasurement[] = [...typing, ...busy];
      const { file, backend, fingerprint } = weights;
      return {
        model: {
          name: file.name,
          architecture: file.architecture,
          fileBytes: file.fileBytes,
          trainedContext: file.trainedContext,
          window,
          backend: backend.name,
          devices: [...backend.devices],
          threads: weights.threads,
          canShift: weights.obstacle === undefined,
          yarnLeftOut: weights.yarnLeftOut,
          fingerprint,
        },
        results,
        checks: checksOf(results),
        tables: tablesOf(results),
      };
    } finally {
      await arm.dispose();
    }
  },
});

interface TypingParameters {
  readonly window: number;
  readonly requests: number;
  readonly tokens: number;
  readonly every: number;
}

async function measureTyping(
  arm: EndlessArm,
  strokes: readonly Stroke[],
  { window, requests, tokens, every }: TypingParameters,
  progress: Progress,
): Promise<readonly KeyResult[]> {
  const weights = await arm.weights();
  const library = await InfillArm.open(weights, window, await limitsOf(weights, window));
  const known = new SuggestionCache();
  const results: KeyResult[] = [];
  let asked = 0;
  for (const stroke of strokes) {
    if (asked === requests) break;
    if (stroke.pause) await arm.prepare();
    const place = placeOf(stroke);
    const { kind, typed } = stroke;
    if (known.get(place)) {
      results.push({ part: 'typing', stroke: kind, typed, known: true, evaluated: 0, frameKept: true, ms: 0, libraryMs: null });
      continue;
    }
    const elapsed = stopwatch();
    const { text, stats } = await arm.complete(place);
    const { ms } = elapsed();
    known.set(place, { text });
    const libraryMs = asked++ % every === 0 ? await timeOf(() => library.complete(place, tokens)) : null;
    const { evaluated = NaN, frameKept = false } = stats ?? {};
    results.push({ part: 'typing', stroke: kind, typed, known: false, evaluated, frameKept, ms, libraryMs });
    if (asked % 20 === 0) progress(`typing: ${asked} of ${requests} requests`);
  }
  await library.dispose();
  return results;
}

/** How much text the product shows the model: less where a character is a token, as with a model that was never trained. */
async function limitsOf(weights: Weights, window: number): Promise<FrameLimits> {
  const context = await CompletionContext.open(weights, window);
  if (!context) throw new UsageError('This model was not made to fill holes.');
  const text = readCorpus('').text.slice(0, FILE_CHARS);
  const { prefix } = context.limits(1);
  const tokens = context.format.typed(text.slice(0, prefix)).length;
  const room = context.cache.capacity * (prefix / (prefix + context.limits(1).suffix + context.limits(1).typed));
  const limits = context.limits(2 ** Math.max(0, Math.ceil(Math.log2(tokens / room))));
  await context.dispose();
  return limits;
}

async function measureBusy(
  arm: EndlessArm,
  strokes: readonly Stroke[],
  requests: number,
  progress: Progress,
): Promise<readonly (BusyResult | StopResult)[]> {
  const chat = await BusyChat.open(await arm.weights(), arm.precedence, readCorpus('').text.slice(0, FILE_CHARS));
  const results: (BusyResult | StopResult)[] = [];
  const keys = strokes.filter(({ kind }) => kind === 'key');
  for (const kind of ['idle', 'generating', 'prefilling'] as const satisfies readonly ChatWork[]) {
    const stop = new AbortController();
    const working = chat.work(kind, stop.signal);
    for (const [at, stroke] of keys.slice(0, requests + SETTLING_REQUESTS).entries()) {
      const ms = await timeOf(() => arm.complete(placeOf(stroke)));
      if (at >= SETTLING_REQUESTS) results.push({ part: 'busy', chat: kind, ms });
    }
    for (const stroke of keys.slice(0, requests)) results.push({ part: 'stop', what: 'completion', ms: await stopTime(arm, stroke) });
    stop.abort();
    const ms = await working;
    if (kind !== 'idle') results.push({ part: 'stop', what: 'chat', ms });
    progress(`the chat ${kind}: ${requests} requests`);
  }
  await chat.dispose();
  return results;
}

/** How long a completion takes to end that nobody waits for any more. */
async function stopTime(arm: EndlessArm, stroke: Stroke): Promise<number> {
  const stop = new AbortController();
  const running = arm.complete(placeOf(stroke), stop.signal);
  // It has begun when others give way.
  while (arm.precedence.giveWay() === undefined) await new Promise(setImmediate);
  const elapsed = stopwatch();
  stop.abort();
  await running;
  return elapsed().ms;
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const elapsed = stopwatch();
  await work();
  return elapsed().ms;
}

function placeOf({ before, after }: Stroke): CompletionPlace {
  return { path: 'src/file.ts', before, after, explicit: false };
}
