import type { LlamaContextSequence, Token } from 'node-llama-cpp';

/**
 * The sequence, but the model says what it is told to: rounding differs between two processes, and where two tokens are
 * about as likely, the likeliest one would.
 *
 * @param next gives the tokens, one at a time.
 */
export function forcedSequence(sequence: LlamaContextSequence, next: () => Token): LlamaContextSequence {
  async function* evaluateWithMetadata(tokens: Token[]): AsyncGenerator<{ token: Token }, void, undefined> {
    for (let entering = tokens; ;) {
      await sequence.evaluateWithoutGeneratingNewTokens(entering);
      const token = next();
      yield { token };
      entering = [token];
    }
  }
  return new Proxy(sequence, {
    get(target, key) {
      if (key === 'evaluateWithMetadata') return evaluateWithMetadata;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
