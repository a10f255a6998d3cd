import { CompletionContext } from '../../engine/completion/completion-context.ts';
import type { FrameLimits } from '../../engine/completion/frame.ts';
import type { Weights } from '../../engine/model/weights.ts';
import { SuggestionCache } from '../../shared/suggestion-cache.ts';
import { readCorpus } from '../corpus/corpus.ts';
import { UsageError } from '../options.ts';
import type { Progress } from '../program.ts';
import type { KeyResult } from '../programs/completion-results.ts';
import { stopwatch, timeOf } from '../stopwatch.ts';
import type { EndlessArm } from './endless-arm.ts';
import { InfillArm } from './infill-arm.ts';
import { placeOf, TYPED_CHARS, type Stroke } from './typing-trace.ts';

export interface TypingParameters {
  readonly window: number;
  readonly requests: number;
  readonly tokens: number;
  readonly every: number;
}

/** A request after each key that the model has to be asked for, some of them of the library, too. */
export async function measureTyping(
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
      results.push({ part: 'typing', stroke: kind, typed, known: true, evaluated: 0, prompt: 0, frameKept: true, ms: 0, libraryMs: null });
      continue;
    }
    const elapsed = stopwatch();
    const { text, stats } = await arm.complete(place);
    const { ms } = elapsed();
    known.set(place, { text });
    const libraryMs = asked++ % every === 0 ? await timeOf(() => library.complete(place, tokens)) : null;
    const { evaluated = NaN, reused = NaN, frameKept = false } = stats ?? {};
    results.push({ part: 'typing', stroke: kind, typed, known: false, evaluated, prompt: evaluated + reused, frameKept, ms, libraryMs });
    if (asked % 20 === 0) progress(`typing: ${asked} of ${requests} requests`);
  }
  await library.dispose();
  return results;
}

/** How much text the product shows the model: less where a character is a token, as with a model that was never trained. */
async function limitsOf(weights: Weights, window: number): Promise<FrameLimits> {
  const context = await CompletionContext.open(weights, window);
  if (!context) throw new UsageError('This model was not made to fill holes.');
  const text = readCorpus('').text.slice(0, TYPED_CHARS);
  const { prefix } = context.limits(1);
  const tokens = context.format.typed(text.slice(0, prefix)).length;
  const room = context.cache.capacity * (prefix / (prefix + context.limits(1).suffix + context.limits(1).typed));
  const limits = context.limits(2 ** Math.max(0, Math.ceil(Math.log2(tokens / room))));
  await context.dispose();
  return limits;
}
