import type { Turn } from '../../shared/protocol.ts';

/** Keeps the focus where it was when the turn that has it leaves: at the one behind it, or else at the one before. */
export class FocusKeeper {
  readonly #root: HTMLElement;
  /** Where the turn stood that had the focus. */
  #place: number | undefined;

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  /** To be called before turns are drawn in place of others. */
  leave(before: readonly Turn[], turns: readonly Turn[]): void {
    const holder = document.activeElement?.closest<HTMLElement>('[data-turn]');
    if (!holder || !this.#root.contains(holder)) return;
    const turnId = Number(holder.dataset['turn']);
    if (!turns.some(({ id }) => id === turnId)) this.#place = before.findIndex(({ id }) => id === turnId);
  }

  /**
   * To be called when they are drawn.
   *
   * @returns whether there was a focus to keep and no turn left to have it.
   */
  arrive(turns: readonly Turn[]): boolean {
    if (this.#place === undefined) return false;
    const neighbour = turns[Math.min(this.#place, turns.length - 1)];
    this.#place = undefined;
    if (neighbour) this.#root.querySelector<HTMLElement>(`[data-turn="${neighbour.id}"]`)?.focus({ preventScroll: true });
    return neighbour === undefined;
  }
}
