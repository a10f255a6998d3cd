/** Letters before a quote that begin a string in Python: `f'…'`, `rb'…'`. */
const PREFIX = /(?:^|\W)[bfru]{1,2}$/i;
/** What follows the mark of a lifetime in Rust, which looks like a quote: `&'a str`, `<'a>`. */
const LIFETIME = /^'\w+(?![\w'])/;

/**
 * The text with spaces in the place of what is quoted within a line: brackets there open and close nothing. A quote that
 * nothing closes stays, and so does an apostrophe within a word. Takes time in proportion to the text.
 */
export function withoutQuoted(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = opensString(text, at) ? endOfString(text, at) : undefined;
    if (end !== undefined) parts.push(' '.repeat(end - at));
    // What a backslash stands before is no quote.
    else parts.push(text.slice(at, text[at] === '\\' ? at + 2 : at + 1));
    at += parts.at(-1)?.length ?? 1;
  }
  return parts.join('');
}

function opensString(text: string, at: number): boolean {
  const quote = text[at];
  if (quote === '"' || quote === '`') return true;
  if (quote !== "'") return false;
  const before = text.slice(Math.max(0, at - 3), at);
  if (/\w$/.test(before)) return PREFIX.test(before);
  const lifetime = LIFETIME.exec(text.slice(at, at + 40))?.[0];
  return lifetime === undefined || !(/[&<]$/.test(before) || text[at + lifetime.length] === '>');
}

/** Behind the quote that closes the one at a place, in the same line. */
function endOfString(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === text[start]) return at + 1;
  }
  return undefined;
}
