import type { ServedModel } from '../model/remote/served-model.ts';
import { newestLeftOut, refillTurns } from './refill-turns.ts';
import type { Keepsakes } from './residency.ts';
import type { Arrival } from './seat.ts';
import { ServerDialogue, type ServerDialogueListener } from './server-dialogue.ts';

/**
 * How a conversation comes before a model on a server: from the text of its newest turns, every time, since there is no cache of ours to
 * keep. What was kept of one on this machine is put aside: it lacks what is said here.
 */
export class ServerResidency {
  readonly #keepsakes: Keepsakes;
  readonly #listener: ServerDialogueListener;

  constructor(keepsakes: Keepsakes, listener: ServerDialogueListener) {
    this.#keepsakes = keepsakes;
    this.#listener = listener;
  }

  /** @throws the signal's reason, with nothing lost. */
  async arrive({ loaded, systemPrompt, before, signal }: Arrival<ServedModel>): Promise<ServerDialogue> {
    const { conversationId, transcript, journal, files } = this.#keepsakes;
    const { newest, past } = refillTurns(transcript, before);
    const dialogue = await ServerDialogue.begin(loaded, systemPrompt, this.#listener, signal);
    await dialogue.refill(past, signal);
    transcript.atOnce(() => {
      journal.putAside();
      transcript.moveCacheEdge(newestLeftOut(newest, dialogue.turnIds, transcript));
      transcript.rewinding.noteCacheFollowed();
    });
    await files.removeAllBut(conversationId, journal.filesAside);
    return dialogue;
  }
}
