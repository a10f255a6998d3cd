/**
 * Preloaded into an engine: an answer that is drawn at the highest temperature never ends by itself. The library ignores a bias against
 * the tokens that end one where it is set as its users do.
 */
const HIGHEST_TEMPERATURE = 2;

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
    const isRambling = options?.temperature === HIGHEST_TEMPERATURE;
    return evaluateWithMetadata.call(this, tokens, metadata, isRambling ? { ...options, tokenBias: withoutEnd(this.model) } : options);
  };
}
