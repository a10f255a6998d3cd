/**
 * How surprised the model is by what it says itself: its perplexity on its own answer. A model that has lost its attention sinks
 * hesitates between many tokens, and this rises before the text falls apart.
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
