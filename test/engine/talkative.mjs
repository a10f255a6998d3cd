import { setTimeout as pause } from 'node:timers/promises';

/**
 * Preloaded into an engine: an answer that is drawn at the highest temperature never ends by itself, and comes slowly enough that what is
 * done meanwhile comes in its middle. The library ignores a bias against the tokens that end one where it is set as its users do.
 */
const HIGHEST_TEMPERATURE = 2;
/** Between two tokens, in milliseconds: a hundred of them in a second. */
const PAUSE_MS = 10;

const [, program = ''] = process.argv;

// The library tries its binary in another process, which inherits the environment.
if (/[\\/]engine[\\/]main\.ts$/.test(program)) {
  const { LlamaContextSequence, TokenBias } = await import('node-llama-cpp');
  const { evaluateWithMetadata } = LlamaContextSequence.prototype;

  const withoutEnd = (model) => {
    const bias = new TokenBias(model.tokenizer);
    for (const token of model.iterateAllTokens()) if (model.isSpecialToken(token)) bias._biases.set(token, -Infinity);
    return bias;
  };

  LlamaContextSequence.prototype.evaluateWithMetadata = function (tokens, metadata, options) {
    if (options?.temperature !== HIGHEST_TEMPERATURE) return evaluateWithMetadata.call(this, tokens, metadata, options);
    const drawn = evaluateWithMetadata.call(this, tokens, metadata, { ...options, tokenBias: withoutEnd(this.model) });
    const next = drawn.next.bind(drawn);
    drawn.next = async (sent) => {
      await pause(PAUSE_MS);
      return next(sent);
    };
    return drawn;
  };
}
