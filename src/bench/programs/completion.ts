import { resolve } from 'node:path';
import type { Weights } from '../../engine/model/weights.ts';
import type { CompletionSettings } from '../../shared/protocol/completion.ts';
import { BusyChat } from '../completion/busy-chat.ts';
import { CHAT_CHARS, measureBusy } from '../completion/busy-run.ts';
import { EndlessArm } from '../completion/endless-arm.ts';
import { fillHoles, openHoles } from '../completion/hole-filling.ts';
import { measureLibrary, type LibraryParameters } from '../completion/library-run.ts';
import { TypingReplay, type AskedKey, type TypingOptions } from '../completion/typing-run.ts';
import { readCorpus } from '../corpus/corpus.ts';
import { MODEL_OPTIONS, modelFile } from '../loaded-model.ts';
import { UsageError } from '../options.ts';
import { defineBench, type Measurement, type Progress } from '../program.ts';
import type { MeasuredModel } from '../report.ts';
import { checksOf, type CompletionMeasurement, type HoleResult, type KeyResult, type TypingResult } from './completion-results.ts';
import { tablesOf } from './completion-tables.ts';

const { threads: THREADS, gpu: GPU } = MODEL_OPTIONS;

/** The model whose suggestions are looked at, unless one is named: those of random weights mean nothing. */
const TRAINED_MODEL = MODEL_OPTIONS.model.default;
/** Window of the chat beside the completions, with room for a message of two thousand tokens. */
const CHAT_WINDOW = 4_096;

/** What a completion costs while somebody types, beside the library's own infill, and while the chat is busy; and what it says. */
export const completion = defineBench({
  options: {
    model: { default: '', help: `GGUF file; without it, keys are those of --shape, and holes those of ${TRAINED_MODEL}` },
    shape: { default: '0.5b', help: 'random weights in the shape of a real model, where no model is named: 0.5b, 1b or 7b' },
    threads: THREADS,
    gpu: GPU,
    window: { default: 1024, minimum: 256, help: 'tokens that completions may hold' },
    requests: { default: 320, minimum: 10, help: 'requests after keys that reach the model, in each run' },
    tokens: { default: 8, minimum: 1, help: 'tokens that each generates' },
    every: { default: 1, minimum: 1, help: 'every how many answered requests the library makes the same one' },
    busy: { default: 40, minimum: 2, help: 'requests with each kind of chat beside them' },
    holes: { default: 200, minimum: 1, help: 'lines of our sources to be ended' },
  },
  async measure(parameters, progress): Promise<Measurement> {
    const { model, shape, window, threads, gpu } = parameters;
    if (gpu !== 'auto' && gpu !== 'off') throw new UsageError(`--gpu is "auto" or "off", not "${gpu}".`);
    const settings = { gpu, threads, quantizedValues: false, chatWindow: CHAT_WINDOW, window } as const;
    const modelPath = resolve(await modelFile(model, model ? '' : shape));
    const keys = await withArm({ ...settings, modelPath }, parameters.tokens, async (arm) => {
      const typing = await measureTyping(arm, parameters, progress);
      const busy = await measureBusy(arm, parameters.busy, progress);
      return { measured: describe(await arm.weights(), window), results: [...typing, ...busy] };
    });
    const trained = await withArm({ ...settings, modelPath: resolve(model || TRAINED_MODEL) }, undefined, async (arm) => [
      ...(await typed(arm, 'as it is', { passages: true, requests: parameters.requests }, progress)).results,
      ...(await measureHoles(arm, parameters.holes, progress)),
    ]);
    const results: readonly CompletionMeasurement[] = [...keys.results, ...trained];
    return { model: keys.measured, results, checks: checksOf(results), tables: tablesOf(results) };
  },
});

async function withArm<T>(
  settings: CompletionSettings,
  exactTokens: number | undefined,
  work: (arm: EndlessArm) => Promise<T>,
): Promise<T> {
  const arm = new EndlessArm(settings, exactTokens);
  try {
    return await work(arm);
  } finally {
    await arm.dispose();
  }
}

function describe({ file, backend, fingerprint, threads, obstacle, yarnLeftOut }: Weights, window: number): MeasuredModel {
  return {
    name: file.name,
    architecture: file.architecture,
    fileBytes: file.fileBytes,
    trainedContext: file.trainedContext,
    window,
    backend: backend.name,
    devices: [...backend.devices],
    threads,
    canShift: obstacle === undefined,
    yarnLeftOut,
    fingerprint,
  };
}

/** Keys with passages and without them, and some of the same requests of the library. */
async function measureTyping(arm: EndlessArm, parameters: TypingParameters, progress: Progress): Promise<readonly TypingResult[]> {
  const { requests, every } = parameters;
  // What is measured first would else be slow for the model being loaded.
  const weights = await arm.weights();
  const without = await typed(arm, 'no passages', { passages: false, requests }, progress);
  const { results, answered } = await typed(arm, 'passages', { passages: true, requests }, progress);
  const compared = answered.filter((_, at) => at % every === 0);
  const times = await measureLibrary(
    weights,
    compared.map(({ place }) => place),
    parameters,
    progress,
  );
  const library = compared.map(({ stats }, at) => ({ part: 'library', ms: times[at] ?? NaN, ownMs: stats.totalMs }) as const);
  return [...without.results, ...results, ...library];
}

interface TypingParameters extends LibraryParameters {
  readonly requests: number;
  readonly every: number;
}

interface Typed {
  readonly results: readonly TypingResult[];
  /** The keys whose answers came in time. */
  readonly answered: readonly AnsweredKey[];
}

type AnsweredKey = AskedKey & { readonly stats: NonNullable<AskedKey['stats']> };

async function typed(arm: EndlessArm, run: KeyResult['run'], options: TypingOptions, progress: Progress): Promise<Typed> {
  const { keys, ahead, decoded } = await new TypingReplay(arm, options).run((text) => progress(`${run}: ${text}`));
  const results = keys.map(
    ({ typed, decision, stats, ms }) => ({ part: 'typing', run, typed, decision, stats: stats ?? null, ms }) as const,
  );
  const answered = keys.filter((key): key is AnsweredKey => key.stats !== undefined && key.decision !== 'superseded');
  const beside = [
    { part: 'decoded', run, tokens: decoded } as const,
    ...ahead.map((evaluated) => ({ part: 'ahead', run, evaluated }) as const),
  ];
  return { results: [...results, ...beside], answered };
}

/** Each hole without passages and with them, while the chat is idle and while it generates. */
async function measureHoles(arm: EndlessArm, count: number, progress: Progress): Promise<readonly HoleResult[]> {
  const holes = openHoles(count);
  const results: HoleResult[] = [];
  const fill = async (passages: boolean, chat: HoleResult['chat']): Promise<void> => {
    for (const filled of await fillHoles(arm, holes, passages)) results.push({ part: 'hole', chat, ...filled });
    progress(`${holes.length} holes ${passages ? 'with' : 'without'} passages, the chat ${chat}`);
  };
  const both = [false, true];
  for (const passages of both) await fill(passages, 'idle');
  const chat = await BusyChat.open(await arm.weights(), arm.precedence, readCorpus('').text.slice(0, CHAT_CHARS));
  const stop = new AbortController();
  const working = chat.work('generating', stop.signal);
  for (const passages of both) await fill(passages, 'generating');
  stop.abort();
  await working;
  await chat.dispose();
  return results;
}
