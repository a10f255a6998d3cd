import { CompletionContext } from '../../engine/completion/completion-context.ts';
import type { FrameLimits } from '../../engine/completion/frame.ts';
import type { Weights } from '../../engine/model/weights.ts';
import type { CompletionPlace } from '../../shared/protocol/completion.ts';
import { UsageError } from '../options.ts';
import type { Progress } from '../program.ts';
import { timeOf } from '../stopwatch.ts';
import { InfillArm } from './infill-arm.ts';

export interface LibraryParameters {
  readonly window: number;
  readonly tokens: number;
}

/** How long the library's own infill takes at these places, one after the other, in milliseconds. */
export async function measureLibrary(
  weights: Weights,
  places: readonly CompletionPlace[],
  { window, tokens }: LibraryParameters,
  progress: Progress,
): Promise<readonly number[]> {
  const [first] = places;
  if (!first) return [];
  const library = await InfillArm.open(weights, window, await limitsOf(weights, window, first));
  const times: number[] = [];
  // Code that runs for the first time is slow.
  await library.complete(first, tokens);
  for (const place of places) times.push(await timeOf(() => library.complete(place, tokens)));
  progress(`the library at ${places.length} places`);
  await library.dispose();
  return times;
}

/** How much text the product shows the model: less where a character is a token, as with a model that was never trained. */
async function limitsOf(weights: Weights, window: number, { before }: CompletionPlace): Promise<FrameLimits> {
  const context = await CompletionContext.open(weights, window);
  if (typeof context === 'string') throw new UsageError('This model was not made to fill holes.');
  const text = before.slice(-context.limits(1).prefix);
  const { prefix, suffix, typed } = context.limits(1);
  const tokens = context.format.typed(text).length * (prefix / text.length);
  const room = context.cache.capacity * (prefix / (prefix + suffix + typed));
  const limits = context.limits(2 ** Math.max(0, Math.ceil(Math.log2(tokens / room))));
  await context.dispose();
  return limits;
}
