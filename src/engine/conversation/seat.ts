import type { LoadedModel } from '../model/loaded-model.ts';
import type { Dialogue } from './dialogue.ts';
import type { Arrival } from './residency.ts';

/** Whoever has a conversation in the cache. */
export interface Occupant {
  readonly conversationId: string;
  readonly onLoading: (fraction: number) => void;
  /** Brings the conversation into the model's context. */
  readonly arrive: (arrival: Arrival) => Promise<Dialogue>;
  /**
   * Has the cache follow what became of its turns while it was there.
   *
   * @returns whether it could; otherwise the conversation has to arrive anew.
   */
  readonly follow: (dialogue: Dialogue) => Promise<boolean>;
  /** Writes the cache down, for when the conversation comes back. Must not throw. */
  readonly save: (dialogue: Dialogue, loaded: LoadedModel, systemPrompt: string) => Promise<void>;
  /** The cache may no longer be what was written down of it. Must not throw. */
  readonly onDistrust: () => void;
  /** The conversation is no longer in the cache: another one is, or the model has gone. Must not throw. */
  readonly onLeave: () => void;
}

export interface Resident {
  readonly occupant: Occupant;
  readonly systemPrompt: string;
  readonly dialogue: Dialogue;
}

/** A chat context, and the conversation that is in it. */
export interface Seat {
  readonly loaded: LoadedModel;
  resident: Resident | undefined;
}
