/** What a piece of code is, as far as it gets a colour of its own. */
export type TokenKind = 'comment' | 'keyword' | 'string' | 'literal' | 'type' | 'title' | 'strong';

export interface CodeToken {
  readonly text: string;
  /** Undefined for what has the colour of plain text. */
  readonly kind: TokenKind | undefined;
}

/** The line end is part of its last token. */
export type CodeLine = readonly CodeToken[];

/** Scopes of the highlighter; those that are not here look like what they stand in. */
const KINDS: Readonly<Record<string, TokenKind | undefined>> = {
  comment: 'comment',
  quote: 'comment',
  doctag: 'strong',
  keyword: 'keyword',
  'selector-tag': 'keyword',
  name: 'keyword',
  tag: undefined,
  meta: 'keyword',
  variable: undefined,
  'template-variable': 'keyword',
  operator: undefined,
  punctuation: undefined,
  params: undefined,
  subst: undefined,
  function: undefined,
  class: undefined,
  property: undefined,
  string: 'string',
  regexp: 'string',
  char: 'string',
  symbol: 'literal',
  link: 'string',
  code: 'string',
  number: 'literal',
  literal: 'literal',
  'variable constant_': 'literal',
  'variable language_': 'keyword',
  bullet: 'literal',
  type: 'type',
  built_in: 'type',
  attr: 'type',
  attribute: 'type',
  'selector-class': 'type',
  'selector-id': 'type',
  'selector-attr': 'type',
  'selector-pseudo': 'keyword',
  'template-tag': 'keyword',
  'title class_': 'type',
  'title class_ inherited__': 'type',
  title: 'title',
  'title function_': 'title',
  'title function_ invoke__': 'title',
  section: 'strong',
  strong: 'strong',
  emphasis: undefined,
  addition: 'literal',
  deletion: 'string',
};

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#x27;': "'" };
const PART = /<span class="([^"]*)">|<\/span>|\n|&(?:amp|lt|gt|quot|#x27);|[^<&\n]+|[<&]/g;

/** Lines of code, and how many of them stand outside of everything that goes on over line ends: behind these one may begin anew. */
export interface TokenizedLines {
  readonly lines: readonly CodeLine[];
  readonly whole: number;
}

/**
 * Reads the one form in which highlight.js gives its result: escaped text with spans in it. Only text and known kinds come out,
 * so that nothing in the code can become markup.
 */
export function readTokens(markup: string): TokenizedLines {
  const lines: CodeLine[] = [];
  const open: (TokenKind | undefined)[] = [];
  let line: CodeToken[] = [];
  let text = '';
  let whole = 0;
  const endToken = (): void => {
    if (text !== '') line.push({ text, kind: open.at(-1) });
    text = '';
  };
  const endLine = (): void => {
    endToken();
    lines.push(line);
    line = [];
  };
  for (const [part, scope] of markup.matchAll(PART)) {
    if (scope !== undefined) {
      endToken();
      open.push(Object.hasOwn(KINDS, scope) || scope.startsWith('language-') ? KINDS[scope] : open.at(-1));
    } else if (part === '</span>') {
      endToken();
      open.pop();
    } else if (part === '\n') {
      text += part;
      endLine();
      if (open.length === 0) whole = lines.length;
    } else text += ENTITIES[part] ?? part;
  }
  endToken();
  if (line.length > 0) endLine();
  return { lines, whole };
}
