import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extentAt, type Place } from '../../../../src/engine/completion/extent.ts';
import { indentationAt } from '../../../../src/engine/completion/indentation.ts';
import { polish } from '../../../../src/engine/completion/polish.ts';
import { POLISH_CASES } from './polish-cases.ts';

function placeOf(text: string, path = 'a.ts'): Place {
  const [before = '', after = ''] = text.split('‸');
  return { path, before, after };
}

const suggested = (written: string, place: Place): string => polish(indentationAt(place)(written), place, extentAt(place, false));

describe.each(Object.entries(POLISH_CASES))('%s', (_rule, cases) => {
  it.each(cases)('%s', (_shows, text, written, expected) => {
    expect(suggested(written, placeOf(text))).toBe(expected);
  });
});

describe('whatever a model writes', () => {
  const code = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '(', ')', '{', '}', ';', '\t', '"') });
  const place = fc.record({ path: fc.constant('a.ts'), before: code, after: code });

  it('is suggested from its beginning on, without space at its end but before a bracket, or not at all', () => {
    fc.assert(
      fc.property(code, place, (written, at) => {
        const text = suggested(written, at);
        expect(indentationAt(at)(written).startsWith(text.trimEnd())).toBe(true);
        const space = text.slice(text.trimEnd().length);
        expect(space).toMatch(/^[)\]}]/.test(at.after) ? /^(\n[ \t]*)?$/ : /^$/);
      }),
    );
  });
});

it('a fence is what somebody writes in Markdown', () => {
  expect(suggested('```ts\na();\n```', placeOf('An example:\n\n‸', 'a.md'))).toBe('```ts\na();\n```');
});

it('a line of many escapes takes no longer than another', () => {
  const escapes = String.raw`\u0041`.repeat(500);
  expect(suggested('b")', placeOf(`f("${escapes}‸`))).toBe('b")');
  expect(suggested('b', placeOf(`${`it doesn't hold that $\\alpha`.repeat(200)}‸`))).toBe('b');
});

it('there are at least eighty cases', () => {
  expect(Object.values(POLISH_CASES).flat().length).toBeGreaterThanOrEqual(80);
});
