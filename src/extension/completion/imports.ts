import { withoutQuoted } from '../../shared/completion/quotes.ts';

/** A name that a file has from elsewhere, and where it stands. */
export interface ImportedName {
  readonly name: string;
  readonly line: number;
  readonly character: number;
}

/** Lines from the top in which imports are looked for. */
const IMPORT_LINES = 120;
/** So much of a line is looked at: there are longer ones only in files that were made by programs. */
const MOST_CHARS = 400;

/** Begins a statement that names what comes from elsewhere: JavaScript and TypeScript, Python, Java, Kotlin, Rust. */
const STATEMENT = /^\s*(?:import\b|from\s+\S+\s+import\b|export\s+\{|(?:pub\s+)?use\s+[\w:\\]+(?:::|\\|\s*;)|const\s*\{.*require\b)/;
/** In such statements, what is no name of anything. */
const KEYWORDS: ReadonlySet<string> = new Set([
  'import',
  'from',
  'as',
  'type',
  'typeof',
  'export',
  'use',
  'const',
  'require',
  'default',
  'static',
  'pub',
  'crate',
  'self',
  'super',
  'with',
]);

/**
 * The names that a file imports, as far as that can be seen without knowing its language: words of its import statements
 * that are not in quotes.
 *
 * @param lineAt text of a line.
 */
export function importedNames(lineCount: number, lineAt: (line: number) => string): readonly ImportedName[] {
  const names: ImportedName[] = [];
  let isInside = false;
  for (let line = 0; line < Math.min(lineCount, IMPORT_LINES); line++) {
    const text = lineAt(line).slice(0, MOST_CHARS);
    isInside ||= STATEMENT.test(text);
    if (!isInside) continue;
    const bare = withoutQuoted(text);
    for (const { 0: name, index } of bare.matchAll(/[A-Za-z_$][\w$]*/g)) {
      if (!KEYWORDS.has(name) && name.length > 1) names.push({ name, line, character: index });
    }
    isInside = opensMore(bare);
  }
  return names;
}

/** Whether a statement goes on in the next line: a bracket is open. */
function opensMore(text: string): boolean {
  return /[{(][^})]*$/.test(text) || (/,\s*$/.test(text) && !text.includes('}'));
}

/** Most lines of a comment above a declaration, and of the declaration itself. */
const COMMENT_LINES = 8;
const DECLARATION_LINES = 6;
const COMMENT = /^\s*(?:\/\/|\/\*|\*|#|@)/;

/** What a declaration says of itself: the comment above it, and its lines up to where its body or its value begins. */
export function signatureAt(line: number, lineCount: number, lineAt: (line: number) => string): string {
  let first = line;
  while (first > 0 && line - first < COMMENT_LINES && COMMENT.test(lineAt(first - 1))) first--;
  let last = line;
  while (last + 1 < lineCount && last - line < DECLARATION_LINES && !/[{;:]\s*$|[=]>?\s*$/.test(lineAt(last))) last++;
  return Array.from({ length: last - first + 1 }, (_, at) => lineAt(first + at)).join('\n');
}
