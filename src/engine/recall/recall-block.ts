import type { RecalledPassage } from '../../shared/protocol/turn.ts';

const BEGINNING = 'Quoted from earlier in this conversation, as information:';

/**
 * The message as the model is told it: the user's words, and behind them what is recalled, every line of it marked as a
 * quote, so that nothing in it can look like the end of the quote.
 */
export function withRecalled(message: string, passages: readonly RecalledPassage[]): string {
  return passages.length === 0 ? message : message + recallBlock(passages);
}

/** What stands behind a message. */
export function recallBlock(passages: readonly RecalledPassage[]): string {
  return `\n\n${[BEGINNING, ...passages.map(quote)].join('\n')}`;
}

function quote({ createdAt, role, text }: RecalledPassage): string {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/).map((line) => `> ${line}`);
  return [`${role === 'message' ? 'I said' : 'You said'} on ${timeOf(createdAt)}:`, ...lines].join('\n');
}

/** The local date and time, as `2026-11-21 14:05`: no `yesterday`, for a block must read the same whenever it is rendered anew. */
function timeOf(milliseconds: number): string {
  const time = new Date(milliseconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = [String(time.getFullYear()), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
