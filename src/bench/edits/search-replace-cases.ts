import {
  about,
  ANY,
  backup,
  block,
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
} from './answer-texts.ts';

const ROUND = block('  return sum;', '  return Math.round(sum);');
const ROUNDED = change(TOTAL, 'return sum;', 'return Math.round(sum);');
const ZERO = block('  let sum = 0;', '  let sum = 0.5;');
const ROUNDED_ZERO = change(ROUNDED, '= 0;', '= 0.5;');

const TWINS = code`
  def first(rows):
      if not rows:
          return None
      return rows[0]


  def last(rows):
      if not rows:
          return None
      return rows[-1]
`;
const twins = about('python', TWINS);

const RETRY = code`
  class Client:
      def get(self, url):
          for _ in range(3):
              answer = self.send(url)
              if answer.ok:
                  return answer
          return None
`;
const retry = about('python', RETRY);

/** Blocks that quote what they change, and what becomes of the document. */
export const SEARCH_REPLACE_CASES: readonly AnswerCase[] = [
  family('blocks: well-formed', [
    total('a line of TypeScript', ROUND, ROUNDED),
    stats(
      'lines of Python',
      block('    total = 0\n    for value in values:', '    total = 0.0\n    for value in values:'),
      change(STATS, 'total = 0\n', 'total = 0.0\n'),
    ),
    greet(
      'lines of Go',
      block('\tif name == "" {\n\t\treturn "hello"\n\t}\n', ''),
      change(GREET, '\tif name == "" {\n\t\treturn "hello"\n\t}\n', ''),
    ),
    main(
      'two blocks of C++',
      block('  return 0;', '  return EXIT_SUCCESS;') + block('#include <iostream>', '#include <cstdlib>\n#include <iostream>'),
      change(change(MAIN, 'return 0', 'return EXIT_SUCCESS'), '#include <iostream>', '#include <cstdlib>\n#include <iostream>'),
    ),
    parse(
      'all lines of Rust',
      block(PARSE, 'fn parse(text: &str) -> Option<i32> {\n    text.trim().parse().ok()\n}'),
      'fn parse(text: &str) -> Option<i32> {\n    text.trim().parse().ok()\n}\n',
    ),
    nav(
      'an element of HTML after another',
      block('    <li><a href="/news">News</a></li>', '    <li><a href="/news">News</a></li>\n    <li><a href="/help">Help</a></li>'),
      change(NAV, 'News</a></li>', 'News</a></li>\n    <li><a href="/help">Help</a></li>'),
    ),
    theme('a declaration of CSS in its rule', block('.link {\n  color: green;', '.link {\n  color: teal;'), change(THEME, 'green', 'teal')),
    limits('a key of JSON', block('  "retries": 3,', '  "retries": 5,\n  "delay": 1,'), change(LIMITS, '3,', '5,\n  "delay": 1,')),
    compose(
      'a level of YAML',
      block('    image: nginx\n    ports:\n      - "80:80"', '    image: caddy\n    ports:\n      - "80:80"\n      - "443:443"'),
      change(change(COMPOSE, 'nginx', 'caddy'), '"80:80"', '"80:80"\n      - "443:443"'),
    ),
    backup(
      'a line of shell',
      block('  cp "$file" /backup', '  cp -- "$file" /backup || exit 1'),
      change(BACKUP, 'cp "$file" /backup', 'cp -- "$file" /backup || exit 1'),
    ),
    notes(
      'a line of Markdown',
      block('Open the sidebar.', 'Open the sidebar, then write.'),
      change(NOTES, 'sidebar.', 'sidebar, then write.'),
    ),
  ]),

  family('blocks: several', [
    total('from the end to the beginning', ROUND + ZERO, ROUNDED_ZERO),
    total('from the beginning to the end', ZERO + ROUND, ROUNDED_ZERO),
    total(
      'next to each other',
      ZERO + block('  for (const item of items) sum += item.price;', '  for (const { price } of items) sum += price;') + ROUND,
      change(ROUNDED_ZERO, 'item of items) sum += item.price', '{ price } of items) sum += price'),
    ),
    units(
      'one in each function',
      ['return ((f - 32) * 5) / 9;', 'return (c * 9) / 5 + 32;', 'return c + 273;']
        .map((line) => block(`  ${line}`, `  // Exact.\n  ${line}`))
        .join('\n'),
      UNITS.replaceAll('  return', '  // Exact.\n  return'),
    ),
    total('one that changes nothing, one that does', block('  let sum = 0;', '  let sum = 0;') + ROUND, ROUNDED),
    total('one that is not found', ZERO + block('  return total;', '  return Math.round(total);'), { refused: 'not-found' }),
    total('one that looks for what another wrote', ROUND + block('  return Math.round(sum);', '  return Math.floor(sum);'), {
      refused: 'not-found',
      or: change(TOTAL, 'return sum', 'return Math.floor(sum)'),
    }),
    total('one, and all of the code in a fence', `${ROUND}\nAltogether:\n\n${fence('ts', ROUNDED)}`, {
      refused: 'several-answers',
      or: ROUNDED,
    }),
    total('one, and how to test it', `${ROUND}\nThen run:\n\n${fence('bash', 'npm test')}`, { refused: 'several-answers', or: ROUNDED }),
    theme(
      'two that write the same',
      block('  color: blue;', '  color: teal;') + block('  color: green;', '  color: teal;'),
      change(change(THEME, 'blue', 'teal'), 'green', 'teal'),
    ),
  ]),

  family('blocks: sloppy', [
    total('prose around and between', `I change two lines.\n\n${ROUND}\nAnd the beginning:\n\n${ZERO}\nThat is all.`, ROUNDED_ZERO),
    total('inside a fence', fence('ts', ROUND), ROUNDED),
    total('all in one fence', fence('', ROUND + ZERO), ROUNDED_ZERO),
    total('each in a fence', `${fence('ts', ROUND)}\n${fence('ts', ZERO)}`, ROUNDED_ZERO),
    total('below a path', `src/cart.ts\n${ROUND}`, ROUNDED),
    total('below a path inside a fence', fence('typescript', `src/cart.ts\n${ROUND}`), ROUNDED),
    total('in a fence of differences', fence('diff', ROUND), ROUNDED),
    total(
      'white space behind the marks',
      ROUND.replace('SEARCH', 'SEARCH ').replace('=======', '=======  ').replace('REPLACE', 'REPLACE\t'),
      ROUNDED,
    ),
    total('no line end behind the last mark', ROUND.trimEnd(), ROUNDED),
    total('longer marks', ROUND.replace('<<<<<<<', '<<<<<<<<').replace('=======', '========').replace('>>>>>>>', '>>>>>>>>'), {
      refused: ANY,
      or: ROUNDED,
    }),
    total('small letters', ROUND.replace('SEARCH', 'search').replace('REPLACE', 'replace'), { refused: ANY, or: ROUNDED }),
    total('other words at the marks', ROUND.replace('SEARCH', 'ORIGINAL').replace('REPLACE', 'UPDATED'), { refused: ANY, or: ROUNDED }),
    total('inside a list', `1. Round:\n\n${ROUND.replaceAll(/^(?=.)/gm, '   ')}`, { refused: ANY, or: ROUNDED }),
    total('fences inside the sides', block(fence('ts', '  return sum;'), fence('ts', '  return Math.round(sum);')), {
      refused: ANY,
      or: ROUNDED,
    }),
    total('numbers of lines in the search', block('4   return sum;', '4   return Math.round(sum);'), { refused: 'not-found', or: ROUNDED }),
    total('white space at the ends of the lines of both sides', block('  let sum = 0;  \n', '  let sum = 0.5;  \n') + ROUND, ROUNDED_ZERO),
    about('typescript', change(TOTAL, 'sum = 0;', 'sum = 0; \t'))(
      'white space at the end of a line that stays',
      block(
        '  let sum = 0;\n  for (const item of items) sum += item.price;',
        '  let sum = 0;\n  for (const { price } of items) sum += price;',
      ),
      change(change(TOTAL, 'sum = 0;', 'sum = 0; \t'), 'item of items) sum += item.price', '{ price } of items) sum += price'),
    ),
    stats(
      'a blank line too few',
      block('import math\n\ndef mean(values):', 'import math\n\ndef mean(values, default=0):'),
      change(STATS, 'mean(values):', 'mean(values, default=0):'),
    ),
    queue(
      'no blank line where one stands',
      block('  readonly #items: T[] = [];\n  push(item: T): void {', '  readonly #items: T[] = [];\n  push(item: T): number {'),
      change(QUEUE, 'void', 'number'),
    ),
    total(
      'a blank line too many',
      block(
        '  let sum = 0;\n\n  for (const item of items) sum += item.price;',
        '  let sum = 0;\n\n  for (const { price } of items) sum += price;',
      ),
      { refused: 'not-found', or: change(TOTAL, 'item of items) sum += item.price', '{ price } of items) sum += price') },
    ),
    parse('white space inside a line', block('    trimmed.parse( ).unwrap( )', '    trimmed.parse().unwrap_or(0)'), {
      refused: 'not-found',
      or: change(PARSE, 'unwrap()', 'unwrap_or(0)'),
    }),
  ]),

  family('blocks: not found', [
    limits('another number', block('  "timeout": 20', '  "timeout": 60'), { refused: 'not-found' }),
    total(
      'another way to write it',
      block('  for (const item of items) sum = sum + item.price;', '  for (const { price } of items) sum += price;'),
      { refused: 'not-found' },
    ),
    backup('another case', block('  CP "$FILE" /backup', '  mv "$file" /backup'), { refused: 'not-found' }),
    stats('a line left out', block('    total = 0\n    return total / len(values)', '    return sum(values) / len(values)'), {
      refused: 'not-found',
    }),
    total('a part of a line', block('sum += item.price', 'sum += item.price * item.count'), {
      refused: 'not-found',
      or: change(TOTAL, 'item.price;', 'item.price * item.count;'),
    }),
    about('typescript', UNITS, span(UNITS, 'toCelsius', '}'))('outside the range', block('  return c + 273;', '  return c + 273.15;'), {
      refused: 'not-found',
    }),
    about('typescript', UNITS, span(UNITS, 'toCelsius', 'return'))(
      'across the end of the range',
      block('  return ((f - 32) * 5) / 9;\n}', '  return (f - 32) / 1.8;\n}'),
      { refused: 'not-found' },
    ),
    about('yaml', 'a: 1\n')('more lines than the document has', block('a: 1\nb: 2\nc: 3', 'a: 2\nb: 2\nc: 3'), { refused: 'not-found' }),
    total('nothing to look for', block('', '// Adds up.'), { refused: ANY }),
    total('blank lines to look for', block('\n\n', '// Adds up.'), { refused: ANY }),
  ]),

  family('blocks: ambiguous', [
    twins('a line in two functions', block('        return None', '        raise IndexError'), { refused: 'ambiguous' }),
    twins('lines in two functions', block('    if not rows:\n        return None', '    if not rows:\n        raise IndexError'), {
      refused: 'ambiguous',
    }),
    twins('the same block for each of two places', block('        return None', '        raise IndexError').repeat(2), {
      refused: ['ambiguous', 'overlapping'],
      or: TWINS.replaceAll('return None', 'raise IndexError'),
    }),
    queue('a brace', block('  }', '  };'), { refused: 'ambiguous' }),
    about('yaml', 'api:\n  image: nginx\nweb:\n  image: nginx\n')('a key at two places', block('  image: nginx', '  image: caddy'), {
      refused: 'ambiguous',
    }),
    nav('a line at two depths, at the margin', block('</ul>', '</ol>'), change(NAV, '</ul>', '</ol>')),
    about('python', 'if a:\n    run()\nif b:\n    if c:\n        run()\n')(
      'a call at two depths, at the margin',
      block('run()', 'stop()'),
      { refused: 'ambiguous' },
    ),
    about('python', 'if a:\n    run()\nif b:\n    if c:\n        run()\n')(
      'not ambiguous: a call at two depths, quoted exactly',
      block('        run()', '        stop()'),
      'if a:\n    run()\nif b:\n    if c:\n        stop()\n',
    ),
    twins(
      'not ambiguous: with the line above',
      block('def last(rows):\n    if not rows:\n        return None', 'def last(rows):\n    if not rows:\n        return 0'),
      change(TWINS, 'return None\n    return rows[-1]', 'return 0\n    return rows[-1]'),
    ),
    about('python', TWINS, span(TWINS, 'def last', 'return rows[-1]'))(
      'not ambiguous: once in the range',
      block('        return None', '        return 0'),
      change(TWINS, 'return None\n    return rows[-1]', 'return 0\n    return rows[-1]'),
    ),
    about('typescript', 'a();\n// a();\n')('not ambiguous: once as code, once in a comment', block('a();', 'b();'), 'b();\n// a();\n'),
  ]),

  family('blocks: overlapping', [
    total(
      'one inside another',
      block(
        '  let sum = 0;\n  for (const item of items) sum += item.price;',
        '  let sum = 1;\n  for (const item of items) sum += item.price;',
      ) + block('  for (const item of items) sum += item.price;', '  sum = 4;'),
      { refused: 'overlapping' },
    ),
    total(
      'the end of one is the beginning of another',
      block('  let sum = 0;\n  for (const item of items) sum += item.price;', '  let sum = items.length;') +
        block('  for (const item of items) sum += item.price;\n  return sum;', '  return 4;'),
      { refused: 'overlapping' },
    ),
    total('two for the same line', ROUND + block('  return sum;', '  return Math.floor(sum);'), { refused: 'overlapping' }),
    total('the same block twice', ROUND + ROUND, { refused: 'overlapping', or: ROUNDED }),
  ]),

  family('blocks: truncated', [
    total('in the search', '<<<<<<< SEARCH\n  return s', { refused: 'truncated' }),
    total('at the divider', '<<<<<<< SEARCH\n  return sum;\n=======\n', { refused: 'truncated' }),
    total('in the replacement', '<<<<<<< SEARCH\n  return sum;\n=======\n  return Math.rou', { refused: 'truncated' }),
    total('before the last mark', ROUND.replace('>>>>>>> REPLACE\n', ''), { refused: 'truncated' }),
    total('in the last mark', ROUND.replace('REPLACE\n', 'REP'), { refused: 'truncated', or: ROUNDED }),
    total('in the second block', `${ROUND}\n<<<<<<< SEARCH\n  let sum = 0;\n=======\n  let`, { refused: 'truncated' }),
    total('in a block inside a fence that is closed', fence('ts', ROUND.replace('>>>>>>> REPLACE\n', '')), { refused: 'truncated' }),
    total('behind the block inside a fence', `\`\`\`ts\n${ROUND}`, { refused: 'truncated', or: ROUNDED }),
    total('a block without a divider', ROUND.replace('=======\n', ''), { refused: ANY }),
    total('a block without its first mark', ROUND.replace('<<<<<<< SEARCH\n', ''), { refused: ANY }),
    total('a block that begins inside another', `<<<<<<< SEARCH\n  let sum = 0;\n=======\n  let sum = 0.5;\n${ROUND}`, {
      refused: ANY,
      or: ROUNDED_ZERO,
    }),
    total('in the prose behind', `${ROUND}\nThis rou`, ROUNDED),
  ]),

  family('blocks: elided', [
    total(
      'the replacement',
      block(TOTAL, 'export function total(items: readonly Item[]): number {\n  // ... existing code ...\n  return Math.round(sum);\n}'),
      { refused: 'elided' },
    ),
    stats(
      'the search',
      block('def mean(values):\n    ...\n    return total / len(values)', 'def mean(values):\n    return sum(values) / len(values)'),
      { refused: ['elided', 'not-found'] },
    ),
    stats(
      'both sides',
      block(
        'def mean(values):\n    # ...\n    return total / len(values)',
        'def average(values):\n    # ...\n    return total / len(values)',
      ),
      { refused: ['elided', 'not-found'], or: change(STATS, 'def mean(', 'def average(') },
    ),
    about('typescript', 'start();\n// ...\nstop();\n')(
      'not elided: a comment that stands there',
      block('// ...\nstop();', '// ...\nhalt();'),
      'start();\n// ...\nhalt();\n',
    ),
    limits('not elided: dots in a string', block('  "name": "demo",', '  "name": "demo...",'), change(LIMITS, '"demo"', '"demo..."')),
  ]),

  family('blocks: wrong indentation', [
    queue(
      'a method at the margin',
      block(
        'pop(): T | undefined {\n  return this.#items.shift();\n}',
        'pop(): T {\n  if (this.size === 0) {\n    throw new Error();\n  }\n  return this.#items.shift()!;\n}',
      ),
      change(
        QUEUE,
        'pop(): T | undefined {\n    return this.#items.shift();',
        'pop(): T {\n    if (this.size === 0) {\n      throw new Error();\n    }\n    return this.#items.shift()!;',
      ),
    ),
    retry(
      'statements of Python at the margin',
      block(
        'answer = self.send(url)\nif answer.ok:\n    return answer',
        'answer = self.send(url)\nif answer.ok:\n    self.count += 1\n    return answer',
      ),
      change(RETRY, 'if answer.ok:\n', 'if answer.ok:\n                self.count += 1\n'),
    ),
    greet(
      'spaces in Go',
      block('    if name == "" {\n        return "hello"\n    }', '    if name == "" {\n        name = "you"\n    }'),
      change(GREET, 'return "hello"', 'name = "you"'),
    ),
    stats(
      'tabs in Python',
      block('\tfor value in values:\n\t\ttotal += value', '\tfor value in values:\n\t\tif value:\n\t\t\ttotal += value'),
      change(STATS, '        total += value', '        if value:\n            total += value'),
    ),
    stats(
      'two columns where Python has four',
      block('  for value in values:\n    total += value', '  for value in values:\n    if value:\n      total += value'),
      { refused: 'not-found', or: change(STATS, '        total += value', '        if value:\n            total += value') },
    ),
    compose(
      'YAML at the margin',
      block('ports:\n  - "80:80"', 'ports:\n  - "80:80"\n  - "443:443"'),
      change(COMPOSE, '"80:80"', '"80:80"\n      - "443:443"'),
    ),
    stats(
      'only the first line at the margin',
      block('for value in values:\n        total += value', 'for value in values:\n        total += float(value)'),
      { refused: 'not-found', or: change(STATS, '+= value', '+= float(value)') },
    ),
    retry('the search at the margin, the replacement where it belongs', block('return None', '        return answer'), {
      refused: ANY,
      or: change(RETRY, 'return None', 'return answer'),
    }),
    retry(
      'not wrong: a line that moves into the loop',
      block('                return answer\n        return None', '                return answer\n            return None'),
      change(RETRY, '        return None', '            return None'),
    ),
    retry(
      'not wrong: a block around lines',
      block(
        '            answer = self.send(url)\n            if answer.ok:\n                return answer',
        '            try:\n                answer = self.send(url)\n                if answer.ok:\n                    return answer\n            except OSError:\n                pass',
      ),
      change(
        RETRY,
        '            answer = self.send(url)\n            if answer.ok:\n                return answer',
        '            try:\n                answer = self.send(url)\n                if answer.ok:\n                    return answer\n            except OSError:\n                pass',
      ),
    ),
    about('yaml', 'web:\n  image: nginx\n  data:\n    path: /srv\n')(
      'not wrong: keys that move a level up',
      block('  data:\n    path: /srv', 'data:\n  path: /srv'),
      'web:\n  image: nginx\ndata:\n  path: /srv\n',
    ),
    about('makefile', 'all:\n        touch done\n')(
      'not wrong: a tab for spaces',
      block('        touch done', '\ttouch done'),
      'all:\n\ttouch done\n',
    ),
  ]),

  family('blocks: CRLF', [
    total('everywhere', withCrlf(ROUND), ROUNDED),
    total('inside a fence', withCrlf(fence('ts', ROUND + ZERO)), ROUNDED_ZERO),
    total('in the replacement only', ROUND.replace('Math.round(sum);\n', 'Math.round(sum);\r\n'), ROUNDED),
    compose(
      'at the marks only',
      block('    image: nginx', '    image: caddy').replaceAll(/(SEARCH|=======|REPLACE)\n/g, '$1\r\n'),
      change(COMPOSE, 'nginx', 'caddy'),
    ),
  ]),

  family('blocks: Unicode', [
    about('typescript', "const a = 'it';\nlog(\"Don't\");\nconst b = 1;\n")(
      'typographic quotes in the search',
      block('log(“Don’t”);\nconst b = 1;', 'log(“Don’t”);\nconst b = 2;'),
      "const a = 'it';\nlog(\"Don't\");\nconst b = 2;\n",
    ),
    about('html', '<p>“Yes”</p>\n<p>No</p>\n')(
      'plain quotes for typographic ones',
      block('<p>"Yes"</p>\n<p>No</p>', '<p>"Yes"</p>\n<p>Never</p>'),
      '<p>“Yes”</p>\n<p>Never</p>\n',
    ),
    about('python', 'größe = 1\nüber = größe\n')(
      'letters in parts in the search',
      block('größe = 1\nüber = größe'.normalize('NFD'), `${'größe = 1'.normalize('NFD')}\nüber = 2`),
      'größe = 1\nüber = 2\n',
    ),
    about('python', '# größe\nn = 1\n'.normalize('NFD'))(
      'letters in parts in the document',
      block('# größe\nn = 1', '# größe\nn = 2'),
      '# größe\nn = 2\n'.normalize('NFD'),
    ),
    about('json', '{\n  "hi": "你好",\n  "mood": "🙂"\n}\n')(
      'other scripts and pictures',
      block('  "hi": "你好",', '  "hi": "您好 👋",'),
      '{\n  "hi": "您好 👋",\n  "mood": "🙂"\n}\n',
    ),
    about('markdown', 'Wait – then go.\n')('a hyphen for a dash', block('Wait - then go.', 'Wait, then go.'), {
      refused: 'not-found',
      or: 'Wait, then go.\n',
    }),
    about('markdown', '10 km\n')('a space that does not break', block('10\u00a0km', '12 km'), { refused: 'not-found', or: '12 km\n' }),
    about('rust', 'let a = "é";\nlet b = "e";\n')('not the same: a letter without its accent', block('let b = "é";', 'let b = "x";'), {
      refused: 'not-found',
    }),
  ]),

  family('blocks: deletion', [
    stats('a line', block('import math', ''), change(STATS, 'import math\n', '')),
    units(
      'a function and the blank line below',
      block('export function toCelsius(f: number): number {\n  return ((f - 32) * 5) / 9;\n}\n\n', ''),
      UNITS.slice(UNITS.indexOf('export function toF')),
    ),
    units(
      'a function and the blank line above',
      block('\nexport function toKelvin(c: number): number {\n  return c + 273;\n}', ''),
      UNITS.slice(0, UNITS.indexOf('\nexport function toK')),
    ),
    compose('a level of YAML', block('    ports:\n      - "80:80"', ''), change(COMPOSE, '    ports:\n      - "80:80"\n', '')),
    backup('the last line', block('echo done', ''), change(BACKUP, 'echo done\n', '')),
    about('css', 'a {\n}')('the last line of a document without a line end', block('}', ''), 'a {'),
    about('json', '{}\n')('all', block('{}', ''), ''),
    total('of one line, and a change of another', block('  let sum = 0;', '') + ROUND, change(ROUNDED, '  let sum = 0;\n', '')),
  ]),

  family('blocks: empty search', [
    about('python', '')('in an empty document', block('', 'def run():\n    pass'), 'def run():\n    pass'),
    about('python', '')('in an empty document, with CRLF', withCrlf(block('', 'a = 1\nb = 2')), 'a = 1\nb = 2'),
    about('python', '\n\n')('in a document of blank lines', block('', 'a = 1'), { refused: ANY, or: 'a = 1\n' }),
    about('python', '')('and an empty replacement', block('', ''), { refused: ['unchanged', 'no-code'] }),
    about('python', '')('not empty, in an empty document', block('a = 1', 'a = 2'), { refused: 'not-found' }),
  ]),

  family('blocks: blank lines', [
    stats(
      'a function before another',
      block('def spread(values):', 'def middle(values):\n    return sorted(values)[len(values) // 2]\n\n\ndef spread(values):'),
      change(STATS, 'def spread', 'def middle(values):\n    return sorted(values)[len(values) // 2]\n\n\ndef spread'),
    ),
    total(
      'one between statements',
      block(
        '  let sum = 0;\n  for (const item of items) sum += item.price;',
        '  let sum = 0;\n\n  for (const item of items) sum += item.price;',
      ),
      change(TOTAL, '0;\n', '0;\n\n'),
    ),
    theme('one that goes', block('}\n\n.link {', '}\n.link {'), { refused: 'unchanged', or: change(THEME, '\n\n.link', '\n.link') }),
  ]),

  family('blocks: nothing changed', [
    total('the same on both sides', block('  return sum;', '  return sum;'), { refused: 'unchanged' }),
    total('white space at the end', block('  return sum;', '  return sum; '), { refused: 'unchanged' }),
    total('the same on both sides, at the margin', block('return sum;', 'return sum;'), { refused: 'unchanged' }),
  ]),

  family('blocks: marks inside the text', [
    notes('a fence in both sides', block('```sh\nnpm install\n```', '```sh\nnpm ci\n```'), change(NOTES, 'npm install', 'npm ci')),
    notes(
      'a fence in both sides, inside a longer fence',
      fence('markdown', block('```sh\nnpm install\n```', '```sh\nnpm ci\n```'), '````'),
      change(NOTES, 'npm install', 'npm ci'),
    ),
    notes(
      'a fence in both sides, inside a fence of the same length',
      fence('markdown', block('```sh\nnpm install\n```', '```sh\nnpm ci\n```')),
      { refused: ANY, or: change(NOTES, 'npm install', 'npm ci') },
    ),
    notes('half a fence in each side', block('```sh\nnpm install', '```sh\nnpm ci'), change(NOTES, 'npm install', 'npm ci')),
    about('typescript', 'const help = [\n  "```",\n  "run",\n].join();\n')(
      'fence characters in a string',
      block('  "```",\n  "run",', '  "```sh",\n  "run",'),
      'const help = [\n  "```sh",\n  "run",\n].join();\n',
    ),
    about('markdown', 'Install\n=======\n\nRun it.\n')(
      'a heading underlined with seven signs',
      block('Install\n=======', 'Set up\n======='),
      { refused: ANY, or: 'Set up\n=======\n\nRun it.\n' },
    ),
    about('markdown', 'Installation\n============\n\nRun it.\n')(
      'a heading underlined with more signs',
      block('Installation\n============', 'How to install\n=============='),
      'How to install\n==============\n\nRun it.\n',
    ),
    about('markdown', 'Install\n=======\n\nRun it.\n')(
      'not quoted: a heading underlined with seven signs',
      block('Run it.', 'Run it twice.'),
      'Install\n=======\n\nRun it twice.\n',
    ),
    about('typescript', '<<<<<<< HEAD\nlet n = 1;\n=======\nlet n = 2;\n>>>>>>> topic\n')(
      'a conflict in the search',
      block('<<<<<<< HEAD\nlet n = 1;\n=======\nlet n = 2;\n>>>>>>> topic', 'let n = 2;'),
      { refused: ANY, or: 'let n = 2;\n' },
    ),
    about('markdown', `Answer with\n\n${block('old', 'new')}`)(
      'a document about such blocks',
      block('Answer with', 'Always answer with'),
      `Always answer with\n\n${block('old', 'new')}`,
    ),
    about('python', '"""\n>>> one()\n1\n"""\n')('a session of Python', block('>>> one()\n1', '>>> one()\n2'), '"""\n>>> one()\n2\n"""\n'),
    about('shellscript', 'cat <<EOF\nhello\nEOF\n')(
      'a text inside a script',
      block('cat <<EOF\nhello', 'cat <<EOF\ngood day'),
      'cat <<EOF\ngood day\nEOF\n',
    ),
  ]),
].flat();
