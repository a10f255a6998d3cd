import { Lexer, walkTokens } from 'marked';

const COMMENT = /<!--[\s\S]*?-->/g;
const TAG = /<(\/?)([a-z][a-z0-9-]*)(?:"[^"]*"|'[^']*'|[^'"<>])*>/gi;

/** Elements without an end tag. */
const VOID: ReadonlySet<string> = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '));

/** Whether the HTML in a Markdown text leaves elements open: drawn, they would take in what follows. */
export function leavesElementsOpen(markdown: string): boolean {
  const open: string[] = [];
  for (const [, slash, name = ''] of htmlIn(markdown).matchAll(TAG)) {
    const element = name.toLowerCase();
    if (VOID.has(element)) continue;
    if (slash === '') open.push(element);
    else if (open.includes(element)) open.length = open.lastIndexOf(element);
  }
  return open.length > 0;
}

/** Only the HTML of a text: what stands in code is none. */
function htmlIn(markdown: string): string {
  const parts: string[] = [];
  void walkTokens(new Lexer().lex(markdown), (token) => {
    if (token.type === 'html') parts.push(token.raw);
  });
  return parts.join('').replaceAll(COMMENT, '');
}
