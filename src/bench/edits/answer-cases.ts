import {
  ANY,
  about,
  backup,
  BACKUP,
  change,
  code,
  compose,
  COMPOSE,
  family,
  fence,
  greet,
  GREET,
  limits,
  LIMITS,
  main,
  MAIN,
  nav,
  NAV,
  notes,
  NOTES,
  parse,
  PARSE,
  queue,
  QUEUE,
  span,
  stats,
  STATS,
  theme,
  THEME,
  total,
  TOTAL,
  units,
  UNITS,
  withCrlf,
  type AnswerCase,
  type AnswerCaseOfFamily,
} from './answer-texts.ts';
import { SEARCH_REPLACE_CASES } from './search-replace-cases.ts';

/** The whole range again, with one passage changed. */
const rewrite = (language: string, tag: string, source: string, passage: string, by: string): AnswerCaseOfFamily => {
  const expected = change(source, passage, by);
  return { name: `the whole range of ${language}`, language, source, answer: fence(tag, expected), expected };
};

const WEIGHED = change(TOTAL, 'item.price;', 'item.price * item.count;');
const MEAN = span(STATS, 'def mean', 'return total');
const meanOnly = about('python', STATS, MEAN);
const GUARDED_MEAN = code`
  def mean(values):
      total = 0
      for value in values:
          total += value
      return total / len(values) if values else 0
`;
const STATS_GUARDED = change(STATS, 'len(values)\n', 'len(values) if values else 0\n');
const KELVIN = code`
  export function toKelvin(c: number): number {
    return c + 273.15;
  }
`;
const UNITS_KELVIN = change(UNITS, 'c + 273;', 'c + 273.15;');

const WHOLE_RANGE_CASES: readonly AnswerCase[] = [
  family('well-formed', [
    rewrite('typescript', 'ts', TOTAL, 'item.price;', 'item.price * item.count;'),
    rewrite('python', 'python', STATS, '/ len(values)', '/ max(len(values), 1)'),
    rewrite('go', 'go', GREET, '"hello"', '"hello you"'),
    rewrite('cpp', 'cpp', MAIN, 'std::endl', "'\\n'"),
    rewrite('rust', 'rust', PARSE, '.unwrap()', '.unwrap_or(0)'),
    rewrite('html', 'html', NAV, '>News<', '>All news<'),
    rewrite('css', 'css', THEME, 'padding: 4px', 'padding: 8px'),
    rewrite('json', 'json', LIMITS, '30', '60'),
    rewrite('yaml', 'yaml', COMPOSE, 'nginx', 'nginx:1.27'),
    rewrite('shellscript', 'bash', BACKUP, 'set -e', 'set -eu'),
    rewrite('markdown', 'markdown', '# Use\n\nOpen the sidebar.\n', 'the sidebar', 'a chat'),
    meanOnly('one function of many, in its range', fence('python', GUARDED_MEAN), STATS_GUARDED),
    about('typescript', `const rate = 1;\n\n${TOTAL}`, [2, 7])(
      'a comment above the function',
      fence('ts', `/** What all items cost. */\n${TOTAL}`),
      `const rate = 1;\n\n/** What all items cost. */\n${TOTAL}`,
    ),
    about('typescript', TOTAL, span(TOTAL, 'let sum', 'return sum'))(
      'one line for three',
      fence('ts', '  return items.reduce((sum, item) => sum + item.price, 0);'),
      code`
        export function total(items: readonly Item[]): number {
          return items.reduce((sum, item) => sum + item.price, 0);
        }
      `,
    ),
    about('python', '')('text for an empty document', fence('python', 'print("hello")'), 'print("hello")\n'),
    about('json', '{ "a": 1 }')('a document without a line end', fence('json', '{ "a": 2 }'), '{ "a": 2 }'),
    about('go', GREET, [3, 3])(
      'lines at an empty range',
      fence('go', 'import "os"'),
      change(GREET, 'import "fmt"\n', 'import "fmt"\nimport "os"\n'),
    ),
    units(
      'another function after those there',
      fence('ts', `${UNITS}\nexport const ZERO = -273.15;`),
      `${UNITS}\nexport const ZERO = -273.15;\n`,
    ),
  ]),

  family('sloppy', [
    total(
      'prose around the code',
      `Sure! I multiply by \`item.count\`:\n\n${fence('ts', WEIGHED)}\nThis counts every item. Note that \`count\` must be a number!`,
      WEIGHED,
    ),
    total('no language at the fence', fence('', WEIGHED), WEIGHED),
    total('a path at the fence', fence('typescript:src/cart.ts', WEIGHED), WEIGHED),
    backup(
      'another name of the language',
      fence('Sh title="backup"', change(BACKUP, 'set -e', 'set -eu')),
      change(BACKUP, 'set -e', 'set -eu'),
    ),
    greet('a fence of tildes', fence('go', change(GREET, '"hello"', '"hi"'), '~~~'), change(GREET, '"hello"', '"hi"')),
    limits('a fence that is closed by more marks', `\`\`\`json\n${change(LIMITS, '30', '60')}\`\`\`\`\n`, change(LIMITS, '30', '60')),
    total('blank lines inside the fence', fence('ts', `\n\n${WEIGHED}\n\n`), WEIGHED),
    about('python', STATS, span(STATS, 'import math', 'return total'))(
      'blank lines at the ends of the range',
      fence('py', `import math\n\n\n${GUARDED_MEAN}`),
      STATS_GUARDED,
    ),
    about('python', STATS, [MEAN[0] - 1, MEAN[1] + 2])('a range that ends with blank lines', fence('python', GUARDED_MEAN), STATS_GUARDED),
    total('white space at the ends of the lines of the answer', fence('ts', WEIGHED.replaceAll('\n', '  \n')), WEIGHED),
    about('typescript', change(TOTAL, 'sum = 0;', 'sum = 0;  '))(
      'white space at the end of a line that stays',
      fence('ts', WEIGHED),
      change(WEIGHED, 'sum = 0;', 'sum = 0;  '),
    ),
    about('css', change(THEME, '}\n\n.link', '}\n  \n.link'))(
      'a blank line with white space that stays',
      fence('css', change(THEME, 'green', 'red')),
      change(change(THEME, '}\n\n.link', '}\n  \n.link'), 'green', 'red'),
    ),
    total('a fence inside a list', `1. Multiply:\n\n${fence('ts', WEIGHED).replaceAll(/^/gm, '   ').trimEnd()}\n\n2. Done.`, WEIGHED),
    total('the end of a turn behind the fence', `${fence('ts', WEIGHED).trimEnd()}\n<|im_end|>`, WEIGHED),
    limits(
      'thoughts before the code',
      `<think>The user wants a minute. That is 60 seconds.</think>\n${fence('json', change(LIMITS, '30', '60'))}`,
      change(LIMITS, '30', '60'),
    ),
    total('code without a fence', WEIGHED, { refused: 'no-code', or: WEIGHED }),
    total('a fence that begins behind text', `Here: ${fence('ts', WEIGHED)}`, { refused: ['no-code', 'truncated'], or: WEIGHED }),
  ]),

  family('no code', [
    total('prose only', 'The function is fine as it is. It adds up the prices.', { refused: 'no-code' }),
    stats('code inside a sentence', 'Use `statistics.mean(values)` instead, or ```fmean```.', { refused: 'no-code' }),
    greet('nothing', '', { refused: 'no-code' }),
    greet('blank lines', ' \n\n\t\n', { refused: 'no-code' }),
    theme('an empty fence', fence('css', ''), { refused: ['no-code', 'partial'] }),
    theme('a fence of blank lines', fence('css', '\n\n'), { refused: ['no-code', 'partial'] }),
  ]),

  family('nothing changed', [
    parse('the same text', fence('rust', PARSE), { refused: 'unchanged' }),
    parse('the same text with white space at the ends of lines', fence('rust', PARSE.replaceAll('\n', ' \n')), { refused: 'unchanged' }),
    parse('the same text with other line ends', withCrlf(fence('rust', PARSE)), { refused: 'unchanged' }),
    parse('the same text with a blank line at each end', fence('rust', `\n${PARSE}\n`), { refused: 'unchanged' }),
    about('typescript', QUEUE, span(QUEUE, 'pop()', '  }'))(
      'a method without its indentation',
      fence('ts', 'pop(): T | undefined {\n  return this.#items.shift();\n}'),
      { refused: 'unchanged' },
    ),
    units('one function of several, the same', fence('ts', change(KELVIN, '273.15', '273')), { refused: ['unchanged', 'partial'] }),
    about('markdown', 'One\nTwo\n')('two spaces that break a line of Markdown', fence('md', 'One  \nTwo\n'), {
      refused: 'unchanged',
      or: 'One  \nTwo\n',
    }),
  ]),

  family('truncated', [
    total('a fence that is not closed', `\`\`\`ts\n${WEIGHED}`, { refused: 'truncated' }),
    meanOnly('in the middle of a line', `\`\`\`python\ndef mean(values):\n    total = 0\n    for val`, { refused: 'truncated' }),
    stats('behind the opening of the fence', 'Here it is:\n\n```python', { refused: ['truncated', 'no-code'] }),
    limits('in the marks that close the fence', `\`\`\`json\n${change(LIMITS, '30', '60')}\`\``, { refused: 'truncated' }),
    limits('a fence of four marks closed by three', `\`\`\`\`json\n${change(LIMITS, '30', '60')}\`\`\`\n`, { refused: 'truncated' }),
    limits('a fence of backticks closed by tildes', `\`\`\`json\n${change(LIMITS, '30', '60')}~~~\n`, { refused: 'truncated' }),
    notes('behind a fence inside the fence', `\`\`\`\`markdown\n${change(NOTES, 'npm install', 'npm ci')}`, { refused: 'truncated' }),
    units('in the second of two fences', `${fence('ts', KELVIN)}\nAnd:\n\n\`\`\`ts\nexport function toCelsius(`, {
      refused: ['truncated', 'several-answers'],
    }),
    total('in the prose behind the code', `${fence('ts', WEIGHED)}\nThis multiplies each pr`, WEIGHED),
    total('behind a closed fence without a line end', fence('ts', WEIGHED).trimEnd(), WEIGHED),
  ]),

  family('wrong indentation', [
    about('typescript', QUEUE, span(QUEUE, 'pop()', '  }'))(
      'a method that begins at the margin',
      fence('ts', 'pop(): T {\n  if (this.size === 0) throw new Error();\n  return this.#items.shift()!;\n}'),
      change(
        QUEUE,
        'pop(): T | undefined {\n    return this.#items.shift();',
        'pop(): T {\n    if (this.size === 0) throw new Error();\n    return this.#items.shift()!;',
      ),
    ),
    about('python', STATS, span(STATS, 'for value', 'return total'))(
      'statements of Python that begin at the margin',
      fence('python', 'for value in values:\n    if value is not None:\n        total += value\nreturn total / len(values)'),
      change(STATS, '        total += value', '        if value is not None:\n            total += value'),
    ),
    about('python', STATS, span(STATS, 'for value', 'return total'))(
      'only the first line at the margin',
      fence('python', 'for value in values:\n        total += float(value)\n    return total / len(values)'),
      change(STATS, '+= value', '+= float(value)'),
    ),
    about('typescript', TOTAL, span(TOTAL, 'let sum', 'return sum'))(
      'one statement at the margin for three',
      fence('ts', 'return items.reduce((sum, item) => sum + item.price, 0);'),
      'export function total(items: readonly Item[]): number {\n  return items.reduce((sum, item) => sum + item.price, 0);\n}\n',
    ),
    about('go', GREET, [4, 10])(
      'spaces in Go',
      fence(
        'go',
        'func greet(name string) string {\n    if name == "" {\n        name = "you"\n    }\n    return fmt.Sprintf("hello %s", name)\n}',
      ),
      change(GREET, 'return "hello"', 'name = "you"'),
    ),
    total(
      'four columns where the document has two',
      fence(
        'ts',
        'export function total(items: readonly Item[]): number {\n    let sum = 0;\n    for (const item of items) {\n        sum += item.price;\n    }\n    return sum;\n}',
      ),
      change(TOTAL, 'for (const item of items) sum += item.price;', 'for (const item of items) {\n    sum += item.price;\n  }'),
    ),
    meanOnly(
      'two columns where Python has four',
      fence(
        'python',
        'def mean(values):\n  total = 0\n  for value in values:\n    if value:\n      total += value\n  return total / len(values)',
      ),
      change(STATS, '        total += value', '        if value:\n            total += value'),
    ),
    meanOnly(
      'tabs where Python has spaces',
      fence(
        'python',
        'def mean(values):\n\ttotal = 0\n\tfor value in values:\n\t\tif value:\n\t\t\ttotal += value\n\treturn total / len(values)',
      ),
      change(STATS, '        total += value', '        if value:\n            total += value'),
    ),
    theme(
      'the whole text too far to the right',
      fence('css', change(THEME, 'green', 'red').replaceAll(/^(?=.)/gm, '    ')),
      change(THEME, 'green', 'red'),
    ),
    about('python', STATS, span(STATS, 'def spread', 'return max'))(
      'not wrong: lines that move into a block',
      fence(
        'python',
        'def spread(values):\n    if values:\n        middle = mean(values)\n        return max(abs(value - middle) for value in values)',
      ),
      change(STATS, '    middle = mean(values)\n    return max', '    if values:\n        middle = mean(values)\n        return max'),
    ),
    about('python', 'def count(rows):\n    n = 0\n    for row in rows:\n        n += 1\n        return n\n')(
      'not wrong: a line that moves out of a loop',
      fence('python', 'def count(rows):\n    n = 0\n    for row in rows:\n        n += 1\n    return n\n'),
      'def count(rows):\n    n = 0\n    for row in rows:\n        n += 1\n    return n\n',
    ),
    about('yaml', 'web:\n  image: nginx\n  data:\n    path: /srv\n')(
      'not wrong: a key that moves a level up',
      fence('yaml', 'web:\n  image: nginx\ndata:\n  path: /srv\n'),
      'web:\n  image: nginx\ndata:\n  path: /srv\n',
    ),
    about('typescript', 'if (debug) {\n  start();\n  log();\n}\n')(
      'not wrong: lines that lose their block',
      fence('ts', 'start();\nlog();'),
      { refused: 'partial', or: 'start();\nlog();\n' },
    ),
    about('go', GREET, span(GREET, 'return "hello"', '}'))(
      'lines of two depths, too far to the left',
      fence('go', '\treturn "hi"\n}'),
      change(GREET, 'return "hello"', 'return "hi"'),
    ),
  ]),

  family('CRLF', [
    total('an answer with CRLF', withCrlf(fence('ts', WEIGHED)), WEIGHED),
    total('only the code with CRLF', `\`\`\`ts\n${withCrlf(WEIGHED)}\`\`\`\n`, WEIGHED),
    compose('only the fence with CRLF', `\`\`\`yaml\r\n${change(COMPOSE, 'nginx', 'caddy')}\`\`\`\r\n`, change(COMPOSE, 'nginx', 'caddy')),
    units('one function of several with CRLF', withCrlf(fence('ts', KELVIN)), UNITS_KELVIN),
  ]),

  family('Unicode', [
    rewrite('json', 'json', '{\n  "city": "Zürich",\n  "mood": "🙂"\n}\n', '🙂', '🎉'),
    about('python', '# Größe des Fensters\nsize = 4\n')(
      'letters in parts in a line that stays',
      fence('python', '# Größe des Fensters\nsize = 8\n'.normalize('NFD')),
      '# Größe des Fensters\nsize = 8\n',
    ),
    about('typescript', '// Don\'t wait for "all".\nconst wait = 4;\n')(
      'typographic quotes in a line that stays',
      fence('ts', '// Don’t wait for “all”.\nconst wait = 8;'),
      '// Don\'t wait for "all".\nconst wait = 8;\n',
    ),
    about('markdown', 'He said "no".\n')('typographic quotes that are wanted', fence('md', 'He said “no”.'), {
      refused: 'unchanged',
      or: 'He said “no”.\n',
    }),
    about('markdown', '# Hello\n\nGood day.\n')(
      'a translation',
      fence('md', '# こんにちは\n\nよい一日を。'),
      '# こんにちは\n\nよい一日を。\n',
    ),
    about('typescript', 'const end = "\u2028";\nlet n = 1;\n')(
      'a line separator inside a string',
      fence('ts', 'const end = "\u2028";\nlet n = 2;'),
      'const end = "\u2028";\nlet n = 2;\n',
    ),
    about('cpp', 'int one();\n\f\nint two();\n')(
      'a form feed between functions',
      fence('cpp', 'int one();\n\nlong two();'),
      'int one();\n\f\nlong two();\n',
    ),
  ]),

  family('elided', [
    total(
      'existing code',
      fence('ts', 'export function total(items: readonly Item[]): number {\n  // ... existing code ...\n  return Math.round(sum);\n}'),
      { refused: 'elided' },
    ),
    meanOnly(
      'the rest of a function',
      fence('python', 'def mean(values):\n    values = list(values)\n    # ... rest of the function remains the same'),
      { refused: 'elided' },
    ),
    greet('three dots alone', fence('go', 'package main\n\n...\n\nfunc greet(name string) string {\n\treturn "hello " + name\n}'), {
      refused: 'elided',
    }),
    parse(
      'an ellipsis as one character',
      fence('rust', 'fn parse(text: &str) -> Option<i32> {\n    // … unchanged …\n    trimmed.parse().ok()\n}'),
      { refused: 'elided' },
    ),
    theme('other rules', fence('css', '.button {\n  color: red;\n}\n\n/* ... other rules ... */'), { refused: 'elided' }),
    nav(
      'other elements',
      fence('html', '<nav>\n  <ul>\n    <!-- existing items -->\n    <li><a href="/help">Help</a></li>\n  </ul>\n</nav>'),
      { refused: 'elided' },
    ),
    backup('the rest of a script, in brackets', fence('bash', '#!/bin/sh\nset -eu\n\n# (rest of the script stays the same)'), {
      refused: 'elided',
    }),
    limits('other keys', fence('json', '{\n  // ...\n  "timeout": 60\n}'), { refused: 'elided' }),
    compose('dots in YAML', fence('yaml', 'services:\n  web:\n    image: caddy\n    # ...\nvolumes:\n  data: {}'), { refused: 'elided' }),
    notes('a note in brackets in Markdown', fence('markdown', '# Setup\n\n[... rest of the document unchanged ...]', '````'), {
      refused: ['elided', 'partial'],
    }),
    queue(
      'methods that stay',
      fence('ts', 'export class Queue<T> {\n  readonly #items = new Array<T>();\n\n  // other methods unchanged\n}'),
      { refused: 'elided' },
    ),
    main('the same as before', fence('cpp', '#include <iostream>\n\nint main(int argc, char** argv) {\n  // same as before\n}'), {
      refused: 'elided',
    }),
    about('python', 'class Source(Protocol):\n    def read(self) -> bytes:\n        ...\n')(
      'not elided: dots that stood there',
      fence('python', 'class Source(Protocol):\n    def read(self, size: int) -> bytes:\n        ...\n'),
      'class Source(Protocol):\n    def read(self, size: int) -> bytes:\n        ...\n',
    ),
    about('python', 'class Source(Protocol):\n    def read(self) -> bytes: ...\n')(
      'not elided: a new body of dots',
      fence('python', 'class Source(Protocol):\n    def read(self) -> bytes: ...\n    def close(self) -> None: ...\n'),
      'class Source(Protocol):\n    def read(self) -> bytes: ...\n    def close(self) -> None: ...\n',
    ),
    about('typescript', 'const options = {\n  depth: 1,\n};\n')(
      'not elided: a spread',
      fence('ts', 'const options = {\n  ...defaults,\n  depth: 1,\n};'),
      'const options = {\n  ...defaults,\n  depth: 1,\n};\n',
    ),
    about('cpp', 'void safe() {\n  run();\n}\n')(
      'not elided: catch all',
      fence('cpp', 'void safe() {\n  try {\n    run();\n  } catch (...) {\n  }\n}'),
      'void safe() {\n  try {\n    run();\n  } catch (...) {\n  }\n}\n',
    ),
    about('python', 'def skip(file):\n    file.read()\n')(
      'not elided: a comment about the rest of something',
      fence('python', 'def skip(file):\n    # Read the rest of the file, which nobody needs.\n    file.read()'),
      'def skip(file):\n    # Read the rest of the file, which nobody needs.\n    file.read()\n',
    ),
    about('html', '<p>Ready</p>\n')('not elided: a text that ends with dots', fence('html', '<p>Loading...</p>'), '<p>Loading...</p>\n'),
  ]),

  family('partial', [
    units('the last of three functions', fence('ts', KELVIN), UNITS_KELVIN),
    units(
      'the first of three functions',
      fence('ts', 'export function toCelsius(f: number): number {\n  return (f - 32) / 1.8;\n}'),
      change(UNITS, '((f - 32) * 5) / 9', '(f - 32) / 1.8'),
    ),
    stats('one function of Python', fence('python', GUARDED_MEAN), STATS_GUARDED),
    theme(
      'one rule',
      fence('css', '.link {\n  color: red;\n  text-decoration: none;\n}'),
      change(THEME, 'color: green;', 'color: red;\n  text-decoration: none;'),
    ),
    queue('one method of a class, at the margin', fence('ts', 'pop(): T | undefined {\n  return this.#items.pop();\n}'), {
      refused: 'partial',
      or: change(QUEUE, '.shift()', '.pop()'),
    }),
    units('two of three functions', fence('ts', UNITS_KELVIN.slice(UNITS.indexOf('export function toF'))), {
      refused: 'partial',
      or: UNITS_KELVIN,
    }),
    units(
      'the first two of three functions',
      fence('ts', change(UNITS.slice(0, UNITS.indexOf('\nexport function toK')), '((f - 32) * 5) / 9', '(f - 32) / 1.8')),
      { refused: 'partial', or: change(UNITS, '((f - 32) * 5) / 9', '(f - 32) / 1.8') },
    ),
    units(
      'the first and the last of three functions',
      fence('ts', change(UNITS_KELVIN, UNITS.slice(UNITS.indexOf('export function toF'), UNITS.indexOf('export function toK')), '')),
      { refused: 'partial', or: UNITS_KELVIN },
    ),
    units('a function with another signature', fence('ts', change(KELVIN, '(c: number)', '(c: number, offset = 0)')), {
      refused: 'partial',
      or: change(UNITS_KELVIN, 'toKelvin(c: number)', 'toKelvin(c: number, offset = 0)'),
    }),
    units('a function that was not there', fence('ts', 'export function toRankine(f: number): number {\n  return f + 459.67;\n}'), {
      refused: 'partial',
      or: `${UNITS}\nexport function toRankine(f: number): number {\n  return f + 459.67;\n}\n`,
    }),
    units('one statement of several functions', fence('ts', '  return c + 273.15;'), { refused: 'partial', or: UNITS_KELVIN }),
    meanOnly('the body without the head of a function', fence('python', '    return sum(values) / len(values)'), { refused: 'partial' }),
    about('shellscript', 'log() {\n  echo "$1"\n}\n\nlog() {\n  printf %s "$1"\n}\n')(
      'two functions with the same first line',
      fence('sh', 'log() {\n  logger "$1"\n}'),
      { refused: ['partial', 'ambiguous'] },
    ),
    queue(
      'a class without the methods that stay',
      fence('ts', 'export class Queue<T> {\n  pop(): T | undefined {\n    return this.#items.pop();\n  }\n}'),
      { refused: 'partial', or: change(QUEUE, '.shift()', '.pop()') },
    ),
    compose('one key of several in YAML', fence('yaml', 'volumes:\n  data:\n    driver: local'), {
      refused: 'partial',
      or: change(COMPOSE, 'data: {}', 'data:\n    driver: local'),
    }),
    notes('one section of several', fence('markdown', '# Use\n\nOpen a chat.'), {
      refused: 'partial',
      or: change(NOTES, 'the sidebar', 'a chat'),
    }),
    about('typescript', TOTAL, span(TOTAL, 'for (const'))('more than the range: the function around a statement', fence('ts', WEIGHED), {
      refused: ANY,
      or: WEIGHED,
    }),
    about('typescript', QUEUE, span(QUEUE, 'pop()', '  }'))(
      'more than the range: the class around a method',
      fence('ts', change(QUEUE, '.shift()', '.pop()')),
      { refused: ANY, or: change(QUEUE, '.shift()', '.pop()') },
    ),
    about('css', THEME, span(THEME, 'padding'))(
      'more than the range: the rule around a declaration',
      fence('css', '.button {\n  color: black;\n  padding: 8px;\n}'),
      { refused: ANY, or: change(THEME, '4px', '8px') },
    ),
    about('python', STATS, span(STATS, 'total = 0', 'return total'))(
      'more than the range: the head of a function of Python',
      fence('python', GUARDED_MEAN),
      { refused: ANY, or: STATS_GUARDED },
    ),
  ]),

  family('several blocks', [
    total(
      'two versions',
      `${fence('ts', WEIGHED)}\nOr shorter:\n\n${fence('ts', 'export const total = (items: readonly Item[]) => items.reduce((sum, { price, count }) => sum + price * count, 0);')}`,
      { refused: 'several-answers' },
    ),
    total('the same version twice', `${fence('ts', WEIGHED)}\nAgain:\n\n${fence('ts', WEIGHED)}`, WEIGHED),
    total('before and after', `Before:\n\n${fence('ts', TOTAL)}\nAfter:\n\n${fence('ts', WEIGHED)}`, {
      refused: 'several-answers',
      or: WEIGHED,
    }),
    stats('the code and how to run it', `${fence('python', STATS_GUARDED)}\nRun it:\n\n${fence('bash', 'python stats.py')}`, {
      refused: 'several-answers',
      or: STATS_GUARDED,
    }),
    total(
      'the code and an example of its use',
      `${fence('ts', WEIGHED)}\nUse it like this:\n\n${fence('ts', 'total([{ price: 2, count: 3 }]);')}`,
      { refused: 'several-answers', or: WEIGHED },
    ),
    units(
      'two functions of the range, each in a fence',
      `${fence('ts', KELVIN)}\n${fence('ts', 'export function toCelsius(f: number): number {\n  return (f - 32) / 1.8;\n}')}`,
      { refused: 'several-answers', or: change(UNITS_KELVIN, '((f - 32) * 5) / 9', '(f - 32) / 1.8') },
    ),
    nav(
      'markup and style for a page',
      `${fence('html', change(NAV, '<nav>', '<nav class="top">'))}\n${fence('css', '.top {\n  position: sticky;\n}')}`,
      { refused: 'several-answers', or: change(NAV, '<nav>', '<nav class="top">') },
    ),
    limits(
      'a summary of changes in JSON',
      `${fence('json', change(LIMITS, '30', '60'))}\nChanged:\n\n${fence('json', '{ "timeout": 60 }')}`,
      { refused: 'several-answers', or: change(LIMITS, '30', '60') },
    ),
  ]),

  family('marks inside the text', [
    notes(
      'a fence inside a longer fence',
      fence('markdown', change(NOTES, 'npm install', 'npm ci'), '````'),
      change(NOTES, 'npm install', 'npm ci'),
    ),
    notes(
      'a fence inside a fence of tildes',
      fence('md', change(NOTES, 'npm install', 'npm ci'), '~~~'),
      change(NOTES, 'npm install', 'npm ci'),
    ),
    notes('a fence inside a fence of the same length', fence('markdown', change(NOTES, 'npm install', 'npm ci')), {
      refused: ANY,
      or: change(NOTES, 'npm install', 'npm ci'),
    }),
    about('typescript', "const mark = '```';\nconst n = 1;\n")(
      'fence characters in a string',
      fence('ts', "const mark = '```';\nconst n = 2;"),
      "const mark = '```';\nconst n = 2;\n",
    ),
    about('python', 'HELP = """\n```\nrun\n```\n"""\nWIDTH = 1\n')(
      'a fence in a text of Python',
      fence('python', 'HELP = """\n```\nrun\n```\n"""\nWIDTH = 2\n'),
      { refused: ANY, or: 'HELP = """\n```\nrun\n```\n"""\nWIDTH = 2\n' },
    ),
    about('markdown', 'Install\n=======\n\nRun it.\n')(
      'a heading underlined with seven signs',
      fence('md', 'Install\n=======\n\nRun it twice.'),
      'Install\n=======\n\nRun it twice.\n',
    ),
    about('typescript', '<<<<<<< HEAD\nlet n = 1;\n=======\nlet n = 2;\n>>>>>>> topic\n')(
      'a conflict that is resolved',
      fence('ts', 'let n = 2;'),
      'let n = 2;\n',
    ),
    about('markdown', 'Git writes\n\n    <<<<<<< HEAD\n    a\n    =======\n    b\n    >>>>>>> topic\n')(
      'a conflict that stays',
      fence('md', 'Git shows\n\n    <<<<<<< HEAD\n    a\n    =======\n    b\n    >>>>>>> topic'),
      { refused: ANY, or: 'Git shows\n\n    <<<<<<< HEAD\n    a\n    =======\n    b\n    >>>>>>> topic\n' },
    ),
  ]),
].flat();

/** Answers of a local model to "change this code", and what becomes of the document. */
export const ANSWER_CASES: readonly AnswerCase[] = [...WHOLE_RANGE_CASES, ...SEARCH_REPLACE_CASES];
