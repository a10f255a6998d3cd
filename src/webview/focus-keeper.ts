/** What tells the things of a list apart. */
type Key = number | string;

/** Keeps the focus where it was when what has it leaves its list: at what stood behind it, or else at what stood before. */
export class FocusKeeper {
  readonly #root: HTMLElement;
  readonly #attribute: string;
  /** Where in the list it stood that had the focus. */
  #place: number | undefined;

  /** @param attribute in which elements have the key of what they show. */
  constructor(root: HTMLElement, attribute: string) {
    this.#root = root;
    this.#attribute = attribute;
  }

  /** To be called before some are drawn in place of others. */
  leave(before: readonly Key[], now: readonly Key[]): void {
    const holder = document.activeElement?.closest(`[${this.#attribute}]`);
    if (!holder || !this.#root.contains(holder)) return;
    const key = holder.getAttribute(this.#attribute);
    const isIt = (other: Key): boolean => String(other) === key;
    if (!now.some(isIt)) this.#place = before.findIndex(isIt);
  }

  /**
   * To be called when they are drawn.
   *
   * @returns whether there was a focus to keep and nothing left to have it.
   */
  arrive(now: readonly Key[]): boolean {
    if (this.#place === undefined) return false;
    const neighbour = now[Math.min(this.#place, now.length - 1)];
    this.#place = undefined;
    if (neighbour === undefined) return true;
    this.#root.querySelector<HTMLElement | SVGElement>(`[${this.#attribute}="${neighbour}"]`)?.focus({ preventScroll: true });
    return false;
  }
}
