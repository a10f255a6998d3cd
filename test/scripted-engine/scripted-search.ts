import type { SearchHit } from '../../src/shared/protocol/conversation.ts';
import type { Turn } from '../../src/shared/protocol/turn.ts';

/** Characters before and behind a match. */
const AROUND = 60;

/** Wherever the query stands, letter by letter, newest first. */
export function hitsIn(turns: readonly Turn[], query: string): SearchHit[] {
  return turns.toReversed().flatMap((turn) => [...hitIn(turn, 'message', query), ...hitIn(turn, 'answer', query)]);
}

function hitIn({ id, createdAt, ...turn }: Turn, role: SearchHit['role'], query: string): SearchHit[] {
  const at = turn[role].toLowerCase().indexOf(query.toLowerCase());
  if (at < 0) return [];
  const from = Math.max(0, at - AROUND);
  const excerpt = turn[role].slice(from, at + query.length + AROUND);
  return [{ turnId: id, createdAt, role, excerpt, ranges: [{ start: at - from, end: at - from + query.length }] }];
}
