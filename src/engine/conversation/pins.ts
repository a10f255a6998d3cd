import type { CacheLayout } from '../../shared/cache-layout.ts';
import { EndlessError } from '../../shared/errors.ts';
import { mostPinned, pinnedTokens } from '../cache/room.ts';
import type { Transcript } from '../memory/transcript.ts';
import type { ConversationCache } from './conversation-cache.ts';

/** UTF-16 units of a message that name it. */
const LONGEST_TITLE = 40;

/**
 * Keeps a turn from being evicted, or no longer; one that is forgotten is left alone. What is not in memory follows when it comes there.
 * Only within `exclusively` of the slot, unless `canPinMeanwhile`.
 *
 * @throws EndlessError `turn-not-cached` when nothing of it is in the cache, `pins-too-large` when it would be too much with what is
 *   pinned already.
 */
export async function pinTurn(cache: ConversationCache, transcript: Transcript, turnId: number, pinned: boolean): Promise<void> {
  await cache.dialogue?.cache.evicting;
  const { dialogue } = cache;
  const layout = dialogue?.cache.layout;
  if (pinned) requirePinnable(layout, turnId, (id) => transcript.turn(id).message);
  if (!transcript.isShown(turnId)) return;
  const segment = layout?.segments.find((other) => other.turnId === turnId);
  cache.writeDown(() => {
    transcript.change(turnId, { pinned });
    if (segment) dialogue?.cache.pin(segment.id, pinned);
  });
}

/** Whether a turn can be pinned between two slices of what is being done: it is in the cache, and no more is said in it. */
export function canPinMeanwhile({ dialogue }: ConversationCache, turnId: number): boolean {
  return dialogue !== undefined && dialogue.turnIds.includes(turnId) && dialogue.answering !== turnId;
}

function requirePinnable(layout: CacheLayout | undefined, turnId: number, messageOf: (turnId: number) => string): void {
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
