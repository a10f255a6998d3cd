/**
 * A box that is written into for as long as nobody else does.
 *
 * VS Code tells a moment later what is in a box, also what was written from here: after two quick writes `value` goes
 * back to the first for a while. So what was written lately is still ours, and only something else is the user's.
 * Undo goes back to it, too, and has to be heard of elsewhere.
 */
export class SharedBox {
  readonly #box: { value: string };
  readonly #before: string;
  /** What may be told of yet, in its order, and last what was written last. */
  #written: readonly string[] = [];

  constructor(box: { value: string }) {
    this.#box = box;
    this.#before = box.value;
  }

  /** Whether the user has written nothing into it since the beginning. */
  get isOurs(): boolean {
    return this.#written.length === 0 ? this.#box.value === this.#before : this.#written.includes(this.#value);
  }

  /** In place of what is in it; does nothing when that is not ours. */
  write(message: string): void {
    const text = withPlainEnds(message);
    if (!this.isOurs || text === this.#written.at(-1)) return;
    // The last one need not have been told of: it was set here. Any other was, and none before it is again.
    const isLast = this.#value === this.#written.at(-1);
    this.#written = [...this.#written.slice(isLast ? 0 : this.#written.indexOf(this.#value)), text];
    this.#box.value = text;
  }

  /** Brings back what stood in it at first; does nothing when the user has written since. */
  takeBack(): void {
    if (this.#written.length > 0 && this.isOurs) this.#box.value = this.#before;
  }

  get #value(): string {
    return withPlainEnds(this.#box.value);
  }
}

/** VS Code tells of lines with the ends that its settings give them. */
function withPlainEnds(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
