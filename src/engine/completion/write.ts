import type { SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import { EndlessError } from '../../shared/errors.ts';
import { TokenDecoder } from '../conversation/token-decoder.ts';
import type { Reuse } from './completion-cache.ts';
import type { CompletionContext } from './completion-context.ts';
import { endOf, type Extent, type Place } from './extent.ts';
import { indentationAt } from './indentation.ts';

export interface WriteOptions {
  readonly sampling: SequenceEvaluateOptions;
  /** How long it may go on after its first token, in milliseconds. */
  readonly budgetMs: number;
  /** Nobody waits for it any more. */
  readonly signal: AbortSignal;
  /** Only for measuring: so many tokens are generated, whatever they say. */
  readonly exactTokens?: number | undefined;
}

/** What a model wrote at a place, in the indentation of the file. */
export interface Written extends Reuse {
  readonly text: string;
  readonly generated: number;
  /** When the first token was there, by `performance.now()`; when nothing came, when that was clear. */
  readonly firstTokenAt: number;
}

/**
 * Lets the model write at a place until what it writes is over, the model says so, time is up, or nobody waits any more.
 *
 * @param prompt tokens of what stands around the place.
 */
export async function write(
  context: CompletionContext,
  prompt: readonly Token[],
  place: Place,
  extent: Extent,
  { sampling, budgetMs, signal, exactTokens }: WriteOptions,
): Promise<Written> {
  const { model } = context.weights;
  const reindent = indentationAt(place);
  const decoder = new TokenDecoder((tokens, lastTokens) => model.detokenize(tokens, false, lastTokens));
  const most = exactTokens ?? Math.min(extent.mostTokens, context.reserve);
  let [raw, generated, firstTokenAt, isWhole] = ['', 0, NaN, false];
  let reused = 0;
  const decodedBefore = context.cache.decodedTokens;
  try {
    for await (const token of context.cache.generate(prompt, most, sampling, signal, (found) => ({ reused } = found))) {
      if (generated++ === 0) firstTokenAt = performance.now();
      isWhole = exactTokens === undefined && (model.isEogToken(token) || model.isSpecialToken(token));
      if (isWhole || signal.aborted) break;
      raw += decoder.push(token);
      if (exactTokens !== undefined) continue;
      isWhole = endOf(reindent(raw), place, extent) !== undefined;
      if (isWhole || performance.now() - firstTokenAt > budgetMs) break;
    }
  } catch (error) {
    if (!signal.aborted || error instanceof EndlessError) throw error;
  }
  const text = reindent(withoutHalfCharacter(raw + decoder.end()));
  // What was generated last is not decoded; of a prompt that nobody waits for any more, not all may have been.
  const evaluated = context.cache.decodedTokens - decodedBefore - Math.max(0, generated - 1);
  return {
    reused,
    evaluated,
    text: isWhole ? text : withoutHalfLine(text),
    generated,
    firstTokenAt: firstTokenAt || performance.now(),
  };
}

/** What was cut off in the middle of its last line is better without it, if there is more. */
export function withoutHalfLine(text: string): string {
  const end = text.lastIndexOf('\n');
  return end > 0 && text.slice(0, end).trim() ? text.slice(0, end) : text;
}

/** Characters of several tokens may be cut off in the middle. */
function withoutHalfCharacter(text: string): string {
  return text.replace(/\uFFFD+$/, '');
}
