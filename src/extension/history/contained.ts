import { Lexer, type Token, type Tokens } from 'marked';
import { leavesElementsOpen } from './open-elements.ts';

/** Levels of headings that the document around a text has for itself. */
const OWN_LEVELS = 3;
const DEEPEST = 6;

/** Stands behind a text to see whether it is still what it is. */
const PROBE = '# probe';

/**
 * Markdown as a part of a larger document: headings below the document's own, a block of code that was broken off closed, and
 * nothing in it that would swallow what follows. Everything else stays as it is, fences within fences too.
 */
export function containedMarkdown(text: string): string {
  const tokens = new Lexer().lex(withLineFeeds(text));
  const contained = closed(tokens.map(lowered).join(''), tokens.at(-1)).trimEnd();
  return endsByItself(contained) && !leavesElementsOpen(contained) ? contained : quoted(contained);
}

/** A text as a quotation, with its line breaks. Whatever it says ends where the quotation ends. */
export function quoted(text: string): string {
  const lines = withLineFeeds(text).trimEnd().split('\n');
  return lines.map((line, index) => (line === '' ? '>' : `> ${line}${isBroken(line, lines[index + 1]) ? '  ' : ''}`)).join('\n');
}

function withLineFeeds(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n');
}

/** Two spaces at the end of a line keep the next one from running into it. */
function isBroken(line: string, next: string | undefined): boolean {
  return next !== undefined && next.trim() !== '' && !/\s$/.test(line);
}

function lowered(token: Token): string {
  if (!isHeading(token)) return token.raw;
  const [lineEnds] = /\n*$/.exec(token.raw) ?? [''];
  return `${'#'.repeat(Math.min(token.depth + OWN_LEVELS, DEEPEST))} ${token.text.replaceAll('\n', ' ')}${lineEnds}`;
}

function isHeading(token: Token): token is Tokens.Heading {
  return token.type === 'heading';
}

/** With the fence that a block of code at the end lacks. */
function closed(markdown: string, last: Token | undefined): string {
  const [, fence] = /^ {0,3}(`{3,}|~{3,})/.exec(last?.raw ?? '') ?? [];
  if (last?.type !== 'code' || fence === undefined || endsByItself(markdown)) return markdown;
  return `${markdown}${markdown.endsWith('\n') ? '' : '\n'}${fence}`;
}

/** Whether what follows is no longer a part of it. */
function endsByItself(markdown: string): boolean {
  const last = new Lexer().lex(`${markdown}\n\n${PROBE}\n`).at(-1);
  return last?.type === 'heading' && last.raw.trim() === PROBE;
}
