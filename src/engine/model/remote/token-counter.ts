import * as v from 'valibot';
import { EndlessError, type ErrorCode } from '../../../shared/errors.ts';
import type { ServerSoftware } from '../../../shared/protocol/server-facts.ts';
import type { ServerClient } from './server-client.ts';
import { estimateTokens } from './token-estimate.ts';

const CountSchema = v.union([
  v.pipe(
    v.object({ count: v.number() }),
    v.transform(({ count }) => count),
  ),
  v.pipe(
    v.object({ tokens: v.array(v.unknown()) }),
    v.transform(({ tokens }) => tokens.length),
  ),
]);

/** A server that takes longer to count is not waited for, in milliseconds: it would hold up a message that can be estimated. */
const LONGEST_MS = 5_000;

/** What may be over when it is asked the next time. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['server-busy', 'server-unreachable']);

/** Counts tokens by asking the server, as far as it has an end point for that, else by an estimate. */
export class TokenCounter {
  readonly #client: ServerClient;
  readonly #software: ServerSoftware;
  readonly #model: string;
  #isAsked: boolean;

  constructor(client: ServerClient, software: ServerSoftware, model: string) {
    this.#client = client;
    this.#software = software;
    this.#model = model;
    this.#isAsked = software !== 'other';
  }

  /** Whether it is the server that counts. */
  get isExact(): boolean {
    return this.#isAsked;
  }

  /** @throws the signal's reason. A server that does not count is not asked again. */
  async count(text: string, signal: AbortSignal): Promise<number> {
    if (!this.#isAsked || text === '') return estimateTokens(text);
    const body =
      this.#software === 'vllm'
        ? { model: this.#model, prompt: text, add_special_tokens: false }
        : { content: text, add_special: false, parse_special: false };
    const soon = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]);
    try {
      return v.parse(CountSchema, await this.#client.post(this.#client.own('/tokenize'), body, soon));
    } catch (error) {
      signal.throwIfAborted();
      this.#isAsked = error instanceof EndlessError && PASSING.has(error.code);
      return estimateTokens(text);
    }
  }
}
