import { withoutQuoted } from '../../shared/completion/quotes.ts';
import { endOf, type Extent, type Place } from './extent.ts';
import { firstLineOf, indentationOf, isBlank, lastLineOf, lineAbove, lineBelow } from './lines.ts';

/** A step that leaves a text as it is or takes from it what should not be suggested. */
type Step = (written: string, place: Place) => string;

/** So many times in a row, and a line is a loop. */
const REPEATED_LINES = 3;
/** A line that repeats the one below or above says something; a bracket alone does not. */
const SHORTEST_SENTENCE = 3;

/** What models mark texts with. */
const MARKUP = /<\|[\w▁-]+\|>|<(?:fim|file|repo)_\w+>|<(?:pad|eot|endoftext)>/;
/** What those say that were taught to talk, in code. */
const FENCE = /^```.*$/m;
/** Files in which fences are what somebody writes. */
const FENCED_FILES = /\.(?:md|mdx|markdown|qmd|rmd|rst|txt)$/i;

const CLOSES: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

const STEPS: readonly Step[] = [
  withoutMarkup,
  withoutLoop,
  withoutTextBelow,
  withoutRestOfLine,
  withoutSurplusClosers,
  withoutEcho,
  withoutTrailingSpace,
  withLineForCloser,
];

/**
 * What of a model's text is worth suggesting at a place: a part of it from its beginning on, empty when nothing is. A bracket
 * behind the cursor gets a line of its own behind a block.
 *
 * @param written in the indentation of the file.
 * @param extent how much was to be written.
 */
export function polish(written: string, place: Place, extent: Extent): string {
  const kept = written.slice(0, endOf(written, place, extent));
  return STEPS.reduce((left, step) => step(left, place), kept);
}

/** Control tokens spelt out and code fences: from there on it is no code. */
function withoutMarkup(written: string, { path }: Place): string {
  const ends = [written.search(MARKUP), FENCED_FILES.test(path) ? -1 : written.search(FENCE)].filter((at) => at >= 0);
  return ends.length > 0 ? written.slice(0, Math.min(...ends)) : written;
}

/** A passage of a line that is written over and over. */
const LOOPS = /(.{4,}?)\1{3,}/g;
/** One character alone makes rulers and long numbers. */
const ONE_CHARACTER = /^(.)\1*$/;

/** The first of several equal lines in a row stays, and the first of several equal passages in a line. */
function withoutLoop(written: string): string {
  for (const { 1: passage = '', index } of written.matchAll(LOOPS)) {
    if (!ONE_CHARACTER.test(passage)) return written.slice(0, index + passage.length);
  }
  const lines = written.split('\n');
  const at = lines.findIndex((line, index) => {
    const next = lines.slice(index + 1, index + REPEATED_LINES);
    return !isBlank(line) && next.length === REPEATED_LINES - 1 && next.every((other) => other.trim() === line.trim());
  });
  return at < 0 ? written : lines.slice(0, at + 1).join('\n');
}

/** What stands below the cursor already is not written again; a bracket alone is the same only where it stands as far right. */
function withoutTextBelow(written: string, { before, after }: Place): string {
  const below = lineBelow(after).trimEnd();
  if (below === '') return written;
  const isSentence = below.trim().length >= SHORTEST_SENTENCE;
  const [first = '', ...rest] = written.split('\n');
  const lines = [lastLineOf(before) + first, ...rest];
  if (isSentence && !isBlank(first) && lines[0]?.trim() === below.trim()) return '';
  const at = lines.findIndex((line, index) => index > 0 && (isSentence ? line.trim() === below.trim() : line.trimEnd() === below));
  return at < 0 ? written : [first, ...rest].slice(0, at).join('\n');
}

/** What stands behind the cursor in its line is not written again at the end of a text of one line. */
function withoutRestOfLine(written: string, { after }: Place): string {
  const rest = firstLineOf(after).trim();
  if (rest === '' || written.includes('\n')) return written;
  const text = written.trimEnd();
  for (let length = Math.min(rest.length, text.length); length > 0; length--) {
    if (text.endsWith(rest.slice(0, length)) && isWorthCutting(rest, length) && !closesOwn(text, length)) return text.slice(0, -length);
  }
  const inside = rest.length >= SHORTEST_SENTENCE ? text.indexOf(rest) : -1;
  return inside < 0 || closesOwn(text.slice(0, inside + rest.length), rest.length) ? written : text.slice(0, inside);
}

const PAIRS: Readonly<Record<string, string>> = { ...CLOSES, '>': '<' };
const ARROWS = /[=-]>/g;

/** Whether the last characters of a text close what the text itself has opened. */
function closesOwn(text: string, length: number): boolean {
  const tail = text.slice(-length);
  const quote = /^["'`]/.exec(tail)?.[0];
  // Where a string goes on, an even number of quotes leaves it open for the quote that stands behind the cursor.
  if (quote !== undefined) return text.split(quote).length % 2 === 1;
  const open: string[] = [];
  for (const { 0: char, index } of text.replace(ARROWS, '  ').matchAll(/[()[\]{}<>]/g)) {
    const opener = PAIRS[char];
    if (opener === undefined) open.push(char);
    else if (open.at(-1) === opener) {
      open.pop();
      if (index >= text.length - length) return true;
    }
  }
  return false;
}

/** One letter that two texts share is chance. */
function isWorthCutting(rest: string, length: number): boolean {
  return length >= SHORTEST_SENTENCE || !/\w/.test(rest.slice(0, length));
}

/** A bracket is closed only if it was opened: in the text itself or before it, and not closed behind the cursor already. */
function withoutSurplusClosers(written: string, { before, after }: Place): string {
  const open: string[] = [];
  const missing = openBrackets(before, after);
  const line = lastLineOf(before);
  const bare = withoutQuoted(line + written + firstLineOf(after)).slice(line.length, line.length + written.length);
  for (const { 0: char, index } of bare.matchAll(/[()[\]{}]/g)) {
    if ('([{'.includes(char)) open.push(char);
    const opener = CLOSES[char];
    if (opener === undefined) continue;
    if (open.at(-1) === opener) open.pop();
    else if (open.length === 0 && missing.at(-1) === opener) missing.pop();
    else if (open.length === 0) return written.slice(0, index);
  }
  return written;
}

/** How far brackets are looked for before the cursor and behind it, in characters. */
const LOOK_AROUND = 4000;

/** Brackets before the cursor that nothing closes, the innermost last. */
function openBrackets(before: string, after: string): string[] {
  const open: string[] = [];
  const near = before.slice(-LOOK_AROUND);
  const bare = withoutQuoted(near + after.slice(0, LOOK_AROUND));
  for (const char of bare.slice(0, near.length)) {
    if ('([{'.includes(char)) open.push(char);
    else if (CLOSES[char] !== undefined && open.at(-1) === CLOSES[char]) open.pop();
  }
  let inside = 0;
  for (const char of bare.slice(near.length)) {
    if ('([{'.includes(char)) inside++;
    else if (CLOSES[char] === undefined) continue;
    else if (inside > 0) inside--;
    else if (open.at(-1) === CLOSES[char]) open.pop();
  }
  return open;
}

/** The line above, said again. */
function withoutEcho(written: string, { before }: Place): string {
  const own = (lastLineOf(before) + firstLineOf(written)).trim();
  return own.length >= SHORTEST_SENTENCE && own === lineAbove(before).trim() ? '' : written;
}

function withoutTrailingSpace(written: string): string {
  return isBlank(written) ? '' : written.trimEnd();
}

const CLOSER_BEHIND = /^[)\]}]/;

/** What was written between two brackets that the editor put there at once does not end in the line of the second. */
function withLineForCloser(written: string, { before, after }: Place): string {
  const isBlock = written.includes('\n') && isBlank(firstLineOf(written));
  return isBlock && CLOSER_BEHIND.test(after) ? `${written}\n${indentationOf(lastLineOf(before))}` : written;
}
