import type { Token } from 'node-llama-cpp';
import type { CompletionOutcome, CompletionPlace, CompletionResult } from '../../shared/protocol/completion.ts';
import type { CompletionContext } from './completion-context.ts';
import { extentAt, type Extent } from './extent.ts';
import type { Framing } from './framing.ts';
import { polish } from './polish.ts';
import { write } from './write.ts';

/** How long may be generated, in milliseconds: who types does not wait for more. */
export const TIME_BUDGET_MS = { unasked: 1500, asked: 6000 } as const;

const GREEDY = { temperature: 0 } as const;
/** Who asks with a key gets so many other texts, as far as there is time, drawn from what the model holds likely. */
const MOST_ALTERNATIVES = 2;
const MOST_TRIES = 4;
const VARIED = { temperature: 0.8, minP: 0.1 } as const;

/** A place at which something is to be written, and for whom. */
export interface Task {
  readonly context: CompletionContext;
  readonly framing: Framing;
  readonly place: CompletionPlace;
  /** When it was asked for, by `performance.now()`. */
  readonly begin: number;
  readonly signal: AbortSignal;
}

/**
 * What to write at a place; to who asks with a key, several texts, the likeliest first.
 *
 * @param exactTokens only for measuring: so many tokens are generated, whatever they say.
 */
export async function suggestAt(task: Task, exactTokens?: number): Promise<CompletionResult> {
  const { context, framing, place, begin, signal } = task;
  const { tokens, kept: frameKept } = framing.promptAt(place, 'kept');
  const extent = extentAt(place, place.explicit);
  const budgetMs = place.explicit ? TIME_BUDGET_MS.asked : TIME_BUDGET_MS.unasked;
  const written = await write(context, tokens, place, extent, { sampling: GREEDY, budgetMs, signal, exactTokens });
  const { text, firstTokenAt, ...counts } = written;
  const stats = { ...counts, frameKept, firstTokenMs: firstTokenAt - begin, totalMs: performance.now() - begin };
  if (signal.aborted) return { ...nothing('superseded'), stats };
  const suggested = polish(text, place, extent);
  const [best, ...alternatives] = place.explicit
    ? await withAlternatives(suggested, task, tokens, extent)
    : [suggested].filter((some) => some !== '');
  if (best === undefined) return { ...nothing(text.trim() ? 'discarded' : 'silent'), stats };
  return { outcome: 'suggested', text: best, alternatives, stats };
}

/** What was suggested, and what else the model might write; the prompt is in the cache by now. */
async function withAlternatives(
  suggested: string,
  { context, place, begin, signal }: Task,
  prompt: readonly Token[],
  extent: Extent,
): Promise<readonly string[]> {
  const found = new Set([suggested]);
  for (let seed = 1; seed <= MOST_TRIES && found.size <= MOST_ALTERNATIVES; seed++) {
    const budgetMs = begin + TIME_BUDGET_MS.asked - performance.now();
    if (signal.aborted || budgetMs <= 0) break;
    const { text } = await write(context, prompt, place, extent, { sampling: { ...VARIED, seed }, budgetMs, signal });
    const other = polish(text, place, extent);
    if (other !== '') found.add(other);
  }
  return [...found].filter((some) => some !== '');
}

/** There is no suggestion. */
export function nothing(outcome: CompletionOutcome): CompletionResult {
  return { outcome, text: '', alternatives: [] };
}
