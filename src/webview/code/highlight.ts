import { LONGEST_CODE } from '../../shared/view-messages.ts';
import { highlightMarkup } from './languages.ts';
import { readTokens, type CodeLine } from './tokens.ts';

/** UTF-16 units that are read at a time, which takes a few milliseconds; more where a comment, say, is longer. */
const SLICE = 2_000;
const LARGEST_SLICE = 16_000;
/** Code that is longer, or has longer lines, is data and gets no colours. */
const LONGEST_LINE = 2_000;

/**
 * Reads code in slices, so that something else can be done between two of them. Each slice begins at a line that stands outside
 * of comments, strings and the like, so that nothing is lost by reading what is before it separately.
 *
 * @param language as a model names it behind a fence.
 * @returns the lines, slice by slice, some empty; they may end before the code does, where the rest gets no colours.
 */
export function* highlight(code: string, language: string): Generator<readonly CodeLine[], void> {
  if (code.length > LONGEST_CODE || code.split('\n').some((line) => line.length > LONGEST_LINE)) return;
  let size = SLICE;
  for (let from = 0; from < code.length && size <= LARGEST_SLICE;) {
    const end = code.indexOf('\n', from + size) + 1 || code.length;
    const markup = highlightMarkup(code.slice(from, end), language);
    if (markup === undefined) return;
    const { lines, whole } = readTokens(markup);
    const read = end === code.length ? lines : lines.slice(0, whole);
    size = read.length > 0 ? SLICE : size * 2;
    from += lengthOf(read);
    yield read;
  }
}

function lengthOf(lines: readonly CodeLine[]): number {
  return lines.reduce((sum, line) => line.reduce((length, { text }) => length + text.length, sum), 0);
}
