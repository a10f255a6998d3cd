/** Goes through what was typed before; what is being written waits at the end of it. */
export class InputHistory {
  /** How many lines back; 0 is what is being written. */
  #back = 0;
  #written = '';

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
    if (!this.isBrowsing) this.#written = text;
    this.#back = back;
    return this.isBrowsing ? lines.at(-back) : this.#written;
  }

  /**
   * Something was sent, or changed: what stands there now is what is being written.
   *
   * @returns what was being written, if it is something else that was sent.
   */
  reset(): string {
    const written = this.isBrowsing ? this.#written : '';
    this.#back = 0;
    return written;
  }
}
