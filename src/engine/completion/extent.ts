import { bracketDepth, firstLineOf, indentationOf, isBlank, lastLineOf, lineAbove, lineBelow } from './lines.ts';

/** How much is to be written at a place. */
export interface Extent {
  /** The rest of the line, or whole lines up to the end of the block. */
  readonly kind: 'line' | 'block';
  readonly mostLines: number;
  readonly mostTokens: number;
}

export interface Place {
  /** Path within the workspace; the text of another file is another text. */
  readonly path: string;
  /** Text before the cursor, the beginning of its line included. */
  readonly before: string;
  /** Text behind the cursor, the rest of its line included. */
  readonly after: string;
}

const LINE: Extent = { kind: 'line', mostLines: 2, mostTokens: 48 };
const BLOCK: Extent = { kind: 'block', mostLines: 12, mostTokens: 128 };
/** Who asks for it waits for more. */
const EXPLICIT: Extent = { kind: 'block', mostLines: 40, mostTokens: 256 };

/** What a line ends with that opens a block: brackets, arrows, colons, and the words of languages that have words for it. */
const OPENER = /(?:[{([]|=>|->|:|\b(?:then|do|else|begin|try|ensure|rescue))\s*$/;
const COMMENT = /^\s*(?:\/\/|#|--|\*|\/\*|<!--|"""|''')/;
/** What stands behind a cursor when an editor has closed what was opened before it. */
const ONLY_CLOSERS = /^[)\]}>"'`;,\s]*$/;

/**
 * How much to write: in the middle of a line no more than that line; where a block opens, is empty, or a comment asks for
 * code, the block.
 *
 * @param explicit whether somebody asked for it with a key.
 */
export function extentAt({ before, after }: Place, explicit: boolean): Extent {
  if (!ONLY_CLOSERS.test(firstLineOf(after))) return LINE;
  if (explicit) return EXPLICIT;
  const line = lastLineOf(before);
  if (!isBlank(line)) return OPENER.test(line) ? BLOCK : LINE;
  const above = lineAbove(before);
  return OPENER.test(above) || COMMENT.test(above) || isBlank(above) ? BLOCK : LINE;
}

/** What closes a block that a word or a colon opened. */
const CLOSING_WORD = /^(?:end|fi|done|esac)\b/;

/**
 * Where what was written is over, if it is: a line at its line break; a block where what opened it is closed, where a line
 * stands further left than the cursor's, where the text behind the cursor begins, or at an empty line outside of brackets.
 *
 * @returns how much of it to keep, `undefined` while it may go on.
 */
export function endOf(written: string, place: Place, { kind, mostLines }: Extent): number | undefined {
  const [first = '', ...rest] = written.split('\n');
  if (rest.length === 0) return undefined;
  const own = lastLineOf(place.before) + first;
  let end = first.length;
  if (kind === 'line' && !isBlank(own)) return end;
  const below = lineBelow(place.after).trim();
  let depth = bracketDepth(own);
  /** A line no further left than this one goes on with the block. */
  const margin = indentationOf(own).length + (depth <= 0 && OPENER.test(own) ? 1 : 0);
  let hasBegun = !isBlank(own);
  for (const [at, line] of rest.entries()) {
    if (at + 1 >= mostLines) return end;
    const isComplete = at < rest.length - 1;
    const through = end + 1 + line.length;
    if (isBlank(line)) {
      if (isComplete && hasBegun && depth <= 0) return end;
    } else {
      if (hasBegun && indentationOf(line).length < margin) return CLOSING_WORD.test(line.trim()) ? through : end;
      if (isComplete && depth <= 0 && line.trim() === below) return end;
      const opened = depth > 0;
      depth += bracketDepth(line);
      if (isComplete && (kind === 'line' || (opened && depth <= 0))) return through;
      hasBegun = true;
    }
    end = through;
  }
  return undefined;
}
