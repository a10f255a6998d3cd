import type { Turn } from '../../shared/protocol/turn.ts';
import type { Transcript } from '../memory/transcript.ts';
import type { TurnChange } from '../memory/turn-row.ts';

/** How turns ended: written down, or kept in mind while the storage takes nothing. */
export class Endings {
  readonly #transcript: Transcript;
  readonly #unwritten = new Map<number, TurnChange>();

  constructor(transcript: Transcript) {
    this.#transcript = transcript;
  }

  /** @returns the turn as it ended, with all of its answer that was written. */
  end(turn: Turn, change: TurnChange): Turn {
    try {
      return this.#transcript.change(turn.id, change);
    } catch {
      // The storage itself has failed: what was shown stays, and how it ended is written when there is room again.
      this.#unwritten.set(turn.id, change);
      return this.asEnded(this.#lastWritten(turn));
    }
  }

  /** A turn of the transcript, with its ending also where that is not written. */
  asEnded(turn: Turn): Turn {
    return { ...turn, ...this.#unwritten.get(turn.id) };
  }

  /** Writes down what is not. @throws EndlessError when there is still no room. */
  write(): void {
    for (const [turnId, change] of this.#unwritten) {
      this.#transcript.change(turnId, change);
      this.#unwritten.delete(turnId);
    }
  }

  #lastWritten(turn: Turn): Turn {
    try {
      return this.#transcript.turn(turn.id);
    } catch {
      return turn;
    }
  }
}
