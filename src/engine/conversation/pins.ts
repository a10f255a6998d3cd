import type { CacheLayout } from '../../shared/cache-layout.ts';
import { EndlessError } from '../../shared/errors.ts';
import { mostPinned, pinnedTokens } from '../cache/room.ts';

/** UTF-16 units of a message that name it. */
const LONGEST_TITLE = 40;

/**
 * Makes sure that a turn can be pinned.
 *
 * @param layout what is in memory of the conversation, if it is there.
 * @param messageOf gives the message of another turn, to name it.
 * @throws EndlessError `turn-not-cached` when nothing of it is in the cache, `pins-too-large` when it would be too much with what is
 *   pinned already.
 */
export function requirePinnable(layout: CacheLayout | undefined, turnId: number, messageOf: (turnId: number) => string): void {
  const segment = layout?.segments.find((other) => other.turnId === turnId && other.tokens > 0);
  if (!layout || !segment) throw new EndlessError('turn-not-cached', { turnId });
  if (segment.kind === 'pinned') return;
  const tokens = pinnedTokens(layout.segments) + segment.tokens;
  const most = mostPinned(layout.segments, layout.window);
  if (tokens <= most) return;
  const largest = largestPinned(layout);
  throw new EndlessError('pins-too-large', { tokens, most, ...(largest !== undefined && { title: titleOf(messageOf(largest)) }) });
}

function largestPinned({ segments }: CacheLayout): number | undefined {
  const turns = segments.filter(({ kind, turnId }) => kind === 'pinned' && turnId !== undefined);
  return turns.sort((one, other) => other.tokens - one.tokens)[0]?.turnId;
}

/** The beginning of a message, on one line. */
function titleOf(message: string): string {
  const line = message.trim().replace(/\s+/g, ' ');
  return line.length <= LONGEST_TITLE
    ? line
    : `${line
        .slice(0, LONGEST_TITLE - 1)
        .replace(/[\uD800-\uDBFF]$/, '')
        .trimEnd()}…`;
}
