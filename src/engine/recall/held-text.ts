import type { CacheLayout, Segment } from '../../shared/cache-layout.ts';
import type { Turn } from '../../shared/protocol/turn.ts';
import type { Passage, Transcript } from '../memory/transcript.ts';
import { withRecalled } from './recall-block.ts';
import { toldPieces } from './told.ts';

/** The part of the model that turns text into tokens and back. */
export interface TextTokens {
  count(text: string): number;
  /** UTF-16 units of a text that its first tokens stand for. */
  lengthOf(text: string, tokens: number): number;
}

/** What of the conversation's text the cache holds. */
export interface HeldText {
  /** Turns that are there from beginning to end. */
  readonly wholeTurns: readonly number[];
  /** Whether the beginning of some turn has left. */
  readonly isPartly: boolean;
  /** Whether a passage is there, if only the end of it, or the same text elsewhere. */
  holds(passage: Passage): boolean;
}

/** What the cache holds of one turn. */
interface HeldTurn {
  readonly turnId: number;
  /** UTF-16 units that have left of either side, from its beginning. */
  readonly lost: Readonly<Record<Passage['role'], number>>;
  readonly texts: readonly string[];
}

/** Reads off the cache which text it holds; of turns, only when it is asked for passages. */
export function heldIn(layout: CacheLayout, transcript: Pick<Transcript, 'turn'>, tokens: TextTokens): HeldText {
  const segments = layout.segments.filter(({ turnId, tokens: count }) => turnId !== undefined && count > 0);
  const wholeTurns = segments.flatMap(({ turnId, evicted }) => (turnId !== undefined && evicted === 0 ? [turnId] : []));
  let turns: readonly HeldTurn[] | undefined;
  return {
    wholeTurns,
    isPartly: wholeTurns.length < segments.length,
    holds({ turnId, role, end, text }) {
      turns ??= segments.flatMap((segment) => heldTurn(segment, transcript, tokens) ?? []);
      const own = turns.find((turn) => turn.turnId === turnId);
      return (own !== undefined && end > own.lost[role]) || turns.some(({ texts }) => texts.some((held) => held.includes(text)));
    },
  };
}

function heldTurn(segment: Segment, transcript: Pick<Transcript, 'turn'>, tokens: TextTokens): HeldTurn | undefined {
  const { turnId } = segment;
  if (turnId === undefined) return undefined;
  const turn = transcript.turn(turnId);
  const pieces = toldPieces(turn);
  const { told: lostOfTold, answer } = segment.evicted === 0 ? { told: 0, answer: 0 } : lostOf(segment, pieces, turn.answer, tokens);
  const attached = pieces.slice(0, -1).join('').length;
  const message = Math.max(0, lostOfTold - attached);
  const texts = [pieces.join('').slice(lostOfTold), ...heldQuotes(turn, message), turn.answer.slice(answer)];
  return { turnId, lost: { message, answer }, texts };
}

/** The texts quoted behind a message of which something is there still, if only the end; the first one leaves first. */
function heldQuotes({ message, recall }: Turn, lost: number): readonly string[] {
  const quotes = recall?.passages ?? [];
  return quotes.filter((_, at) => withRecalled(message, quotes.slice(0, at + 1)).length > lost).map(({ text }) => text);
}

/** A turn loses the beginning of what was told with its message, and when all of that is gone, of its answer. */
function lostOf(
  segment: Segment,
  pieces: readonly string[],
  answer: string,
  tokens: TextTokens,
): { readonly told: number; readonly answer: number } {
  const counts = pieces.map((piece) => tokens.count(piece));
  const ofTold = Math.max(0, counts.reduce((sum, count) => sum + count, 0) - segment.message);
  const ofAnswer = Math.max(0, segment.evicted - ofTold);
  let left = ofTold;
  const told = pieces.reduce((units, piece, at) => {
    const gone = Math.min(left, counts[at] ?? 0);
    left -= gone;
    return units + tokens.lengthOf(piece, gone);
  }, 0);
  return { told, answer: segment.message > 0 ? 0 : tokens.lengthOf(answer, ofAnswer) };
}
