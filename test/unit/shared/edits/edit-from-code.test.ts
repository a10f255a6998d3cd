import { describe, expect, it } from 'vitest';
import { CODE_CASES, type CodeCase } from '../../../../src/bench/edits/code-cases.ts';
import { editFromCode } from '../../../../src/shared/edits/edit-from-code.ts';

function outcomeOf({ source, language, fence, code }: CodeCase): CodeCase['expected'] {
  const target = { lines: source.split('\n'), language, path: 'src/units.ts', declarations: [] };
  const outcome = editFromCode(target, code, fence);
  return outcome.kind === 'edited' ? outcome.lines.join('\n') : { refused: outcome.reason };
}

describe('code of an answer becomes an edit', () => {
  it.each(CODE_CASES.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    expect(outcomeOf(one)).toEqual(one.expected);
  });

  it('each case has its own name', () => {
    expect(new Set(CODE_CASES.map(({ name }) => name)).size).toBe(CODE_CASES.length);
  });
});

describe('what a tool knows of the file', () => {
  const source = ['begin', '  a = 1', 'finish', 'begin', '  b = 1', 'finish', ''];

  it('says where a declaration is that nothing else would find', () => {
    const declarations = [{ name: 'begin', range: { start: 3, end: 6 } }];
    const target = { lines: source, language: 'plaintext', path: 'a.txt', declarations: [] };
    const code = 'begin\n  b = 2\nfinish';
    expect(editFromCode(target, code, '')).toEqual({ kind: 'refused', reason: 'ambiguous' });
    const known = { lines: source.with(0, 'other'), language: 'plaintext', path: 'a.txt', declarations };
    expect(editFromCode(known, code, '')).toMatchObject({ kind: 'edited', lines: source.with(0, 'other').with(4, '  b = 2') });
  });
});
