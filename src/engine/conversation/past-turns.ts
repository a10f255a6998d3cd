import type { Turn } from '../../shared/protocol/turn.ts';
import { told } from '../recall/told.ts';

/** A turn that was held before, for filling a cache again. */
export interface PastTurn {
  readonly id: number;
  readonly message: string;
  readonly answer: string;
  /** Texts that the model was shown before the message. */
  readonly attachments?: readonly string[];
  readonly pinned?: boolean;
}

/** A turn as the model knew it. */
export function pastTurn(turn: Turn): PastTurn {
  const { id, answer, pinned = false } = turn;
  return { id, answer, pinned, ...told(turn) };
}

/** What there is room for. */
export interface RefillRoom {
  /** Tokens for all turns. */
  readonly tokens: number;
  /** Tokens for those that are pinned, which come first and may take more than that. */
  readonly pinned: number;
}

/** A turn that goes into the cache, and the tokens it takes. */
export interface FittingTurn {
  readonly turn: PastTurn;
  readonly tokens: number;
}

/** The turns that fit, in order: those that are pinned first of all, then the newest. */
export function fittingTurns(turns: readonly PastTurn[], room: RefillRoom, tokensOf: (turn: PastTurn) => number): readonly FittingTurn[] {
  const newestFirst = turns.toReversed();
  const fitting: FittingTurn[] = [];
  let { pinned: roomForPinned, tokens: left } = room;
  for (const turn of newestFirst.filter(({ pinned }) => pinned)) {
    const tokens = tokensOf(turn);
    if (tokens > roomForPinned) continue;
    fitting.push({ turn, tokens });
    roomForPinned -= tokens;
    left -= tokens;
  }
  for (const turn of newestFirst.filter(({ pinned }) => !pinned)) {
    const tokens = tokensOf(turn);
    if (tokens > left) break;
    fitting.push({ turn, tokens });
    left -= tokens;
  }
  return fitting.sort((one, other) => one.turn.id - other.turn.id);
}
