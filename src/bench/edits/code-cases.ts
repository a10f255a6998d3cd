import type { CodeRefusal } from '../../shared/edits/edit-from-code.ts';
import { block, change, code, QUEUE, STATS, TOTAL, UNITS } from './answer-texts.ts';

/** A block of code of an answer that somebody applies to a file, and what becomes of the file. */
export interface CodeCase {
  readonly name: string;
  /** Of the document, as VS Code names it. */
  readonly language: string;
  readonly source: string;
  /** What stands behind the fence. */
  readonly fence: string;
  readonly code: string;
  /** The whole document afterwards, or why it stays. */
  readonly expected: string | { readonly refused: CodeRefusal };
}

const of =
  (language: string, source: string, fence: string) =>
  (name: string, text: string, expected: CodeCase['expected']): CodeCase => ({ name, language, source, fence, code: text, expected });

const units = of('typescript', UNITS, 'ts');
const unitsDiff = of('typescript', UNITS, 'diff');
const queued = of('typescript', QUEUE, 'ts');
const stats = of('python', STATS, 'python');

const KELVIN = change(UNITS, 'c + 273;', 'c + 273.15;');
const KELVIN_FUNCTION = code`
  export function toKelvin(c: number): number {
    return c + 273.15;
  }
`;

const WHOLE_CASES: readonly CodeCase[] = [
  units('the whole file', KELVIN, KELVIN),
  units('the whole file under a comment with its path', `// src/units.ts\n${KELVIN}`, KELVIN),
  units('the whole file as it is', UNITS, { refused: 'unchanged' }),
  of('typescript', `// src/units.ts\n${UNITS}`, 'ts')(
    'a comment with the path that the file has, too',
    `// src/units.ts\n${KELVIN}`,
    `// src/units.ts\n${KELVIN}`,
  ),
  units('the whole file, indented by four', KELVIN.replaceAll('  return', '    return'), KELVIN),
  of('typescript', '', 'ts')('anything, for an empty file', 'export {};', 'export {};\n'),
  of('typescript', UNITS.trimEnd(), 'ts')('the whole file where the last line is not ended', KELVIN, KELVIN.trimEnd()),
  of('json', '{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}\n', 'json')(
    'a whole file of data',
    '{\n  "a": 1,\n  "b": 2,\n  "c": 4\n}',
    '{\n  "a": 1,\n  "b": 2,\n  "c": 4\n}\n',
  ),
];

const FRAGMENT_CASES: readonly CodeCase[] = [
  units('one function of three', KELVIN_FUNCTION, KELVIN),
  units(
    'one function whose head has changed',
    KELVIN_FUNCTION.replace('(c: number)', '(celsius: number)'),
    KELVIN.replace('toKelvin(c: number)', 'toKelvin(celsius: number)'),
  ),
  units(
    'one function and a new one',
    `${KELVIN_FUNCTION}\nexport function toRankine(f: number): number {\n  return f + 459.67;\n}\n`,
    `${KELVIN}\nexport function toRankine(f: number): number {\n  return f + 459.67;\n}\n`,
  ),
  units(
    'a new import with a function',
    `import { ZERO } from './zero';\n\n${KELVIN_FUNCTION.replace('273.15', 'ZERO')}`,
    `import { ZERO } from './zero';\n${KELVIN.replace('c + 273.15', 'c + ZERO')}`,
  ),
  units('nothing but a new function', 'export function toRankine(f: number): number {\n  return f + 459.67;\n}\n', { refused: 'no-place' }),
  units(
    'a function with code left out',
    code`
    export function toKelvin(c: number): number {
      // ... existing code ...
      return c + 273.15;
    }
  `,
    { refused: 'elided' },
  ),
  of('typescript', `import { log } from './log';\n\n${TOTAL}`, 'ts')(
    'the only function of a file with an import',
    change(TOTAL, 'item.price;', 'item.price * item.count;'),
    `import { log } from './log';\n\n${change(TOTAL, 'item.price;', 'item.price * item.count;')}`,
  ),
  of('typescript', 'const LIMIT = 10;\n\nexport function most(): number {\n  return LIMIT;\n}\n', 'ts')(
    'a constant alone',
    'const LIMIT = 20;',
    'const LIMIT = 20;\n\nexport function most(): number {\n  return LIMIT;\n}\n',
  ),
  queued(
    'a method without its class',
    code`
    pop(): T | undefined {
      return this.#items.pop();
    }
  `,
    change(QUEUE, 'shift()', 'pop()'),
  ),
  queued(
    'a class with one method of three',
    code`
    export class Queue<T> {
      pop(): T | undefined {
        return this.#items.pop();
      }
    }
  `,
    change(QUEUE, 'shift()', 'pop()'),
  ),
  queued(
    'a class with a new method alone',
    code`
    export class Queue<T> {
      clear(): void {
        this.#items.length = 0;
      }
    }
  `,
    QUEUE.replace('length;\n  }\n}', 'length;\n  }\n\n  clear(): void {\n    this.#items.length = 0;\n  }\n}'),
  ),
  stats(
    'a function of Python',
    code`
    def mean(values):
        total = 0
        for value in values:
            total += value
        return total / max(len(values), 1)
  `,
    change(STATS, '/ len(values)', '/ max(len(values), 1)'),
  ),
  of('typescript', 'class A {\n  run() {\n    return 1;\n  }\n}\n\nclass B {\n  run() {\n    return 2;\n  }\n}\n', 'ts')(
    'a method that two classes have',
    'run() {\n  return 3;\n}',
    { refused: 'ambiguous' },
  ),
  of('json', '{\n  "name": "a",\n  "scripts": {\n    "test": "x"\n  },\n  "files": [\n    "dist"\n  ]\n}\n', 'json')(
    'an object within another',
    '"scripts": {\n  "test": "y"\n},',
    '{\n  "name": "a",\n  "scripts": {\n    "test": "y"\n  },\n  "files": [\n    "dist"\n  ]\n}\n',
  ),
  of('typescript', 'start();\nfirst();\nsecond();\nthird();\nend();\n', 'ts')(
    'statements that begin and end as some do',
    'first();\nsecond(2);\nthird();',
    'start();\nfirst();\nsecond(2);\nthird();\nend();\n',
  ),
  of('typescript', 'start();\nfirst();\nsecond();\nthird();\nend();\n', 'ts')('statements of nowhere', 'one();\ntwo();\nthree();', {
    refused: 'no-place',
  }),
  of('typescript', 'a();\nb();\nc();\nx();\na();\nb();\nc();\n', 'ts')('statements that stand there twice', 'a();\nd();\nb();\nc();', {
    refused: 'ambiguous',
  }),
];

const ALLMAN = 'int one()\n{\n    return 1;\n}\n\nint two()\n{\n    return 2;\n}\n';
const BROKEN =
  'export function one(\n  a: number,\n): number {\n  return a;\n}\n\nexport function two(\n  a: number,\n): number {\n  return a;\n}\n';

const STYLE_CASES: readonly CodeCase[] = [
  of('cpp', ALLMAN, 'cpp')('a function with its brace in the next line', 'int two()\n{\n    return 3;\n}\n', change(ALLMAN, '2', '3')),
  of('typescript', BROKEN, 'ts')(
    'a function whose head takes several lines',
    'export function two(\n  a: number,\n): number {\n  return a + 2;\n}\n',
    `${BROKEN.slice(0, -12)}return a + 2;\n}\n`,
  ),
  of('css', '.a {\n  color: red;\n}\n\n.b {\n  color: red;\n}\n', 'css')(
    'a rule of a style sheet',
    '.b {\n  color: blue;\n}',
    '.a {\n  color: red;\n}\n\n.b {\n  color: blue;\n}\n',
  ),
  of('ruby', 'def one\n  1\nend\n\ndef two\n  2\nend\n', 'ruby')(
    'a method of Ruby',
    'def two\n  3\nend',
    'def one\n  1\nend\n\ndef two\n  3\nend\n',
  ),
  of('go', 'package a\n\nfunc (q *Queue) Len() int {\n\treturn 1\n}\n', 'go')(
    'a method of Go, indented by spaces',
    'func (q *Queue) Len() int {\n    return 2\n}',
    'package a\n\nfunc (q *Queue) Len() int {\n\treturn 2\n}\n',
  ),
  of('typescript', '/** One. */\nexport function one() {\n  return 1;\n}\n\nlet a;\n', 'ts')(
    'a function with what is written above it',
    '/** The first number. */\nexport function one() {\n  return 1;\n}',
    '/** The first number. */\nexport function one() {\n  return 1;\n}\n\nlet a;\n',
  ),
];

const COMMENTED = (text: string): string =>
  `/**\n * ${text}\n */\nexport function one() {\n  return 1;\n}\n\nexport function two() {\n  return 2;\n}\n`;

const COMMENT_CASES: readonly CodeCase[] = [
  of('typescript', COMMENTED('One.'), 'ts')(
    'a function with a comment of several lines',
    '/**\n * The first.\n */\nexport function one() {\n  return 1;\n}',
    COMMENTED('The first.'),
  ),
];

const HUNK = ' export function toKelvin(c: number): number {\n-  return c + 273;\n+  return c + 273.15;\n }\n';

const DIFF_CASES: readonly CodeCase[] = [
  unitsDiff('a diff', `--- a/src/units.ts\n+++ b/src/units.ts\n@@ -9,3 +9,3 @@\n${HUNK}`, KELVIN),
  unitsDiff('a diff with wrong numbers and counts', `@@ -40,12 +41,7 @@ something\n${HUNK}`, KELVIN),
  unitsDiff('a diff without numbers', `@@ @@\n${HUNK}`, KELVIN),
  unitsDiff('a diff without heads', HUNK, KELVIN),
  unitsDiff(
    'a diff whose context has lost its first column',
    `@@ -9,3 +9,3 @@\n${HUNK.replace(' export', 'export').replace(' }', '}')}`,
    KELVIN,
  ),
  unitsDiff(
    'a diff with a line of context that is another',
    `@@ -9,3 +9,3 @@\n${HUNK.replace(' export', ' \n // Nobody wrote this.\n export')}`,
    KELVIN,
  ),
  unitsDiff('a diff of lines that are not there', `@@ -9,3 +9,3 @@\n${HUNK.replace('-  return c', '-  return 2 * c')}`, {
    refused: 'misfit',
  }),
  unitsDiff('a diff of a place that is there twice', '@@ -30,2 +30,3 @@\n }\n+\n \n', { refused: 'ambiguous' }),
  unitsDiff(
    'a diff of a file among others',
    `--- a/src/other.ts\n+++ b/src/other.ts\n@@ -1 +1 @@\n-a\n+b\n--- a/src/units.ts\n+++ b/src/units.ts\n@@ -9,3 +9,3 @@\n${HUNK}`,
    KELVIN,
  ),
  unitsDiff('a diff of other files', '--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-a\n+b\n--- a/b.ts\n+++ b/b.ts\n@@ -1 +1 @@\n-a\n+b\n', {
    refused: 'several-files',
  }),
  unitsDiff('a diff that says nothing', 'index 1234..5678', { refused: 'no-place' }),
];

const BLOCK_CASES: readonly CodeCase[] = [
  units('a search/replace block', block('  return c + 273;', '  return c + 273.15;'), KELVIN),
  units('a search/replace block that is broken off', '<<<<<<< SEARCH\n  return c + 273;\n=======\n', { refused: 'truncated' }),
  units('a search/replace block of another file', block('let a;', 'let b;'), { refused: 'not-found' }),
];

/** Blocks of code as models write them in a conversation, where nobody has told them in which form. */
export const CODE_CASES: readonly CodeCase[] = [
  ...WHOLE_CASES,
  ...FRAGMENT_CASES,
  ...STYLE_CASES,
  ...COMMENT_CASES,
  ...DIFF_CASES,
  ...BLOCK_CASES,
];
