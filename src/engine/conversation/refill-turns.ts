import type { Turn } from '../../shared/protocol/turn.ts';
import type { Transcript } from '../memory/transcript.ts';
import { pastTurn, type PastTurn } from './past-turns.ts';

/** Turns that are looked at for filling a cache again. */
export const TURNS_FOR_REFILL = 500;

/** What a conversation is taken up again with, from its text. */
export interface RefillTurns {
  /** The newest turns, wanted or not. */
  readonly newest: readonly Turn[];
  /** Those of them that may be there again, and those that are pinned. */
  readonly past: readonly PastTurn[];
}

/** @param before turns from this one on are not to be there. */
export function refillTurns(transcript: Transcript, before: number): RefillTurns {
  const newest = transcript.turns(TURNS_FOR_REFILL, before);
  const pinned = transcript.pinned(newest[0]?.id ?? 0);
  const past = [...pinned, ...newest].filter(({ id, answer }) => answer !== '' && transcript.isWanted(id)).map(pastTurn);
  return { newest, past };
}

/** The newest turn with an answer that is not held again; 0 when all are. */
export function newestLeftOut(newest: readonly Turn[], held: readonly number[], transcript: Transcript): number {
  const leftOut = newest.findLast(({ id, answer }) => answer !== '' && !held.includes(id));
  if (leftOut) return leftOut.id;
  const oldest = newest[0]?.id;
  return oldest !== undefined && transcript.hasTurnsBefore(oldest) ? oldest - 1 : 0;
}
