import { expect, test } from 'vitest';
import { onOneLine } from '../../../../src/extension/context/one-line.ts';

test.each([
  ['src/a.ts', 'src/a.ts'],
  ['a\nb\r.ts', 'a\uFFFDb\uFFFD.ts'],
  ['a\u202Egnp.ts', 'a\uFFFDgnp.ts'],
  ['\u05D0\u05D1.ts', '\u05D0\u05D1.ts'],
  ['<b>.ts', '<b>.ts'],
])('%j stands on one line as %j', (name, line) => {
  expect(onOneLine(name)).toBe(line);
});
