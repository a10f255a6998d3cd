import type { Attachment } from '../../shared/attachments.ts';
import type { DraftAttachments } from './draft-attachments.ts';

/** Whoever attaches one thing often attaches another; in milliseconds. */
export const PAUSE_MS = 300;

export interface PrefillTargets {
  readonly attachments: DraftAttachments;
  /** Whether there is an engine, with a model to read them. */
  readonly isReady: () => boolean;
  /** Tells the engine all that is attached. */
  readonly tell: (attachments: readonly Attachment[]) => Promise<unknown>;
  readonly log: (problem: string) => void;
  /** Runs something once after so many milliseconds; what it gives back prevents that. */
  readonly after: (milliseconds: number, run: () => void) => () => void;
}

/**
 * Lets the engine read what is attached while the message is still being written. It is told all of it, a pause after the last
 * change, and nothing while a message is on its way, which uses what was read.
 */
export class Prefill {
  readonly #targets: PrefillTargets;
  #told: readonly Attachment[] = [];
  #cancel: () => void = () => undefined;

  constructor(targets: PrefillTargets) {
    this.#targets = targets;
    targets.attachments.on('change', () => this.#wait());
  }

  /** An engine that has just come knows of nothing. */
  engineCame(): void {
    this.#told = [];
    this.#wait();
  }

  dispose(): void {
    this.#cancel();
  }

  #wait(): void {
    this.#cancel();
    this.#cancel = this.#targets.after(PAUSE_MS, () => void this.#tell());
  }

  async #tell(): Promise<void> {
    const { attachments, isReady, tell, log } = this.#targets;
    if (attachments.isSending || !isReady()) return;
    const { fitting } = attachments;
    if (isSame(fitting, this.#told)) return;
    this.#told = fitting;
    try {
      await tell(fitting);
    } catch (error) {
      // Told again with the next change.
      if (this.#told === fitting) this.#told = [];
      log(`What is attached cannot be read ahead: ${String(error)}`);
    }
  }
}

function isSame(one: readonly Attachment[], other: readonly Attachment[]): boolean {
  return one.length === other.length && one.every(({ key, text }, at) => key === other[at]?.key && text === other[at].text);
}
