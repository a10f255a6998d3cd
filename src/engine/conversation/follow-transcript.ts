import { isWholeFrom } from '../../shared/cache-layout.ts';
import type { Transcript } from '../memory/transcript.ts';
import type { HeldDialogue } from './held-dialogue.ts';

/**
 * Has a cache follow what became of its turns in the transcript since: those that are unwanted there leave, those that were unpinned can
 * be evicted again. Where a message takes the place of one, what that was told stays for it as a draft.
 *
 * @param isWanted whether a turn may stay.
 * @returns whether it could: where a message has taken the place of a turn that was not wholly there any more, what was there with it
 *   is gone, too, and the cache has to be filled again.
 */
export async function followTranscript(
  dialogue: HeldDialogue,
  transcript: Transcript,
  isWanted: (turnId: number) => boolean,
): Promise<boolean> {
  const rewoundTo = transcript.rewinding.pendingTo;
  if (rewoundTo > 0 && !isWholeFrom(rewoundTo, dialogue.cache.layout, transcript.evictedUpTo)) return false;
  const unwanted = dialogue.turnIds.filter((turnId) => !isWanted(turnId));
  if (unwanted.length > 0) await dialogue.forget(unwanted, rewoundTo);
  for (const { id, kind, turnId } of dialogue.cache.layout.segments) {
    if (kind === 'pinned' && turnId !== undefined && !transcript.turn(turnId).pinned) dialogue.cache.pin(id, false);
  }
  return true;
}
