import type { HostMessage } from '../../shared/view-messages.ts';

/** What a view is asked to do; the key makes asking twice harmless. */
export type Errand = Extract<HostMessage, { type: 'insert' | 'focusComposer' | 'showCache' | 'showSearch' }>;

/** Keeps what a view is to do until one has done it: there may be no view yet, or its page may go before it hears. */
export class Errands {
  readonly #tell: (errand: Errand) => void;
  readonly #open = new Map<string, Errand>();

  constructor(tell: (errand: Errand) => void) {
    this.#tell = tell;
  }

  give(errand: Errand): void {
    this.#open.set(errand.key, errand);
    this.#tell(errand);
  }

  /** For a page that has just come: the oldest first. */
  giveAgain(): void {
    for (const errand of this.#open.values()) this.#tell(errand);
  }

  done(key: string): void {
    this.#open.delete(key);
  }
}
