import type { Token } from 'node-llama-cpp';
import type { FinishReason } from '../../shared/protocol/turn.ts';
import { RepetitionGuard } from './repetition-guard.ts';
import { TokenDecoder } from './token-decoder.ts';

/** The part of the model that is asked about tokens. */
export interface TokenFacts {
  isEogToken(token: Token): boolean;
  isSpecialToken(token: Token): boolean;
  detokenize(tokens: readonly Token[], specialTokens: false, lastTokens: readonly Token[]): string;
}

export interface SpeechOptions {
  readonly facts: TokenFacts;
  /** Most tokens to be said; 0 for no limit. */
  readonly most: number;
  readonly signal: AbortSignal;
  /** Is filled with the tokens of what is said. */
  readonly said: Token[];
}

/** How what the model says has ended, and which of its tokens are not in the cache. */
export interface SpeechEnd {
  readonly finish: FinishReason;
  readonly pending: readonly Token[];
}

/** What the model says as text, piece by piece, until it ends or has to. */
export async function* speech(
  tokens: AsyncIterable<Token>,
  { facts, most, signal, said }: SpeechOptions,
): AsyncGenerator<string, SpeechEnd, undefined> {
  const guard = new RepetitionGuard();
  const decoder = new TokenDecoder((some, lastTokens) => facts.detokenize(some, false, lastTokens));
  for await (const token of tokens) {
    if (facts.isEogToken(token)) return (yield* rest(decoder), { finish: 'end', pending: [] });
    if (facts.isSpecialToken(token)) return (yield* rest(decoder), { finish: 'control-token', pending: [] });
    said.push(token);
    const text = decoder.push(token);
    if (text) yield text;
    if (guard.push(token)) return (yield* rest(decoder), { finish: 'repetition', pending: [token] });
    if (signal.aborted) return (yield* rest(decoder), { finish: 'stopped', pending: [token] });
    if (said.length === most) return (yield* rest(decoder), { finish: 'length', pending: [token] });
  }
  // The stream ends between two tokens only when it is told to; the last one is not in the cache.
  return (yield* rest(decoder), { finish: 'stopped', pending: said.slice(-1) });
}

function* rest(decoder: TokenDecoder): Generator<string, void, undefined> {
  const text = decoder.end();
  if (text) yield text;
}
