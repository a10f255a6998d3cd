/**
 * How surprised the model is by what it says itself: its perplexity on its own answer. This rises where it hesitates between many
 * tokens, and falls to 1 where it repeats itself. It is no test of the attention sinks (docs/cache.md): for that a model has to be
 * asked about a text that others have written.
 */
export class Surprise {
  #nats = 0;
  #tokens = 0;

  /** @param probability of a token when it was drawn, above 0. */
  add(probability: number): void {
    // In single precision it may come out a little above 1.
    this.#nats -= Math.log(Math.min(probability, 1));
    this.#tokens += 1;
  }

  /** From 1 on, which is certainty; nothing before a token was told. */
  get perplexity(): number | undefined {
    return this.#tokens === 0 ? undefined : Math.exp(this.#nats / this.#tokens);
  }
}
