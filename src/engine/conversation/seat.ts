import type { ChatModel } from '../model/chat-model.ts';
import type { HeldDialogue } from './held-dialogue.ts';
import type { Manners } from './open-dialogue.ts';

/** What a conversation comes before the model for. */
export interface Arrival<M extends ChatModel = ChatModel> {
  readonly loaded: M;
  readonly systemPrompt: string;
  /** Turns from this one on are not to be in the cache. */
  readonly before: number;
  readonly signal: AbortSignal;
  readonly manners: Manners;
}

/** Whoever has a conversation in the cache. */
export interface Occupant {
  readonly conversationId: string;
  readonly onLoading: (fraction: number) => void;
  /** Brings the conversation before the model. */
  readonly arrive: (arrival: Arrival) => Promise<HeldDialogue>;
  /**
   * Has the cache follow what became of its turns while it was there.
   *
   * @returns whether it could; otherwise the conversation has to arrive anew.
   */
  readonly follow: (dialogue: HeldDialogue) => Promise<boolean>;
  /** Writes the cache down, for when the conversation comes back. Must not throw. */
  readonly save: () => Promise<void>;
  /** The cache may no longer be what was written down of it. Must not throw. */
  readonly onDistrust: () => void;
  /** The conversation is no longer in the cache: another one is, or the model has gone. Must not throw. */
  readonly onLeave: () => void;
}

export interface Resident {
  readonly occupant: Occupant;
  readonly systemPrompt: string;
  readonly dialogue: HeldDialogue;
}

/** A place for a conversation with a model, in this process a chat context, and who has it. */
export interface Seat {
  readonly loaded: ChatModel;
  resident: Resident | undefined;
}
