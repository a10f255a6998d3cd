/** Goes through what was typed before; what is being written waits at the end of it, and changes are kept until something is sent. */
export class InputHistory {
  /** How many lines back; 0 is what is being written. */
  #back = 0;
  readonly #changed = new Map<number, string>();

  get isBrowsing(): boolean {
    return this.#back > 0;
  }

  /**
   * Leaves a text for the one before it, or the one behind it.
   *
   * @param lines what was typed before, oldest first.
   * @returns the other text; undefined when there is none.
   */
  step(direction: 'earlier' | 'later', text: string, lines: readonly string[]): string | undefined {
    const back = this.#back + (direction === 'earlier' ? 1 : -1);
    if (back < 0 || back > lines.length) return undefined;
    this.#changed.set(this.#back, text);
    this.#back = back;
    return this.#changed.get(back) ?? lines.at(-back);
  }

  /**
   * Something was sent: what is written next stands at the end.
   *
   * @returns what was being written, if it is something else that was sent.
   */
  reset(): string {
    const draft = this.isBrowsing ? (this.#changed.get(0) ?? '') : '';
    this.#back = 0;
    this.#changed.clear();
    return draft;
  }
}
