import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANSWER_CASES } from '../../../../src/bench/edits/answer-cases.ts';
import { block } from '../../../../src/bench/edits/answer-texts.ts';
import { accepted, outcomeOf, verdictOn } from '../../../../src/bench/edits/case-outcome.ts';
import { editFromAnswer } from '../../../../src/shared/edits/edit-from-answer.ts';

describe.each(Object.entries(Object.groupBy(ANSWER_CASES, ({ family }) => family)))('%s', (_family, cases) => {
  it.each(cases!.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const outcome = outcomeOf(one);
    const [first, ...others] = accepted(one);
    if (!others.length) expect(outcome).toEqual(first);
    else expect(accepted(one)).toContainEqual(outcome);
  });
});

describe('all cases', () => {
  it('are at least a hundred, each with its own name', () => {
    expect(ANSWER_CASES.length).toBeGreaterThanOrEqual(100);
    expect(new Set(ANSWER_CASES.map(({ family, name }) => `${family}: ${name}`)).size).toBe(ANSWER_CASES.length);
  });

  it('never lead to a wrong edit', () => {
    const wrong = ANSWER_CASES.filter((one) => verdictOn(one) === 'wrong');
    expect(wrong.map(({ family, name }) => `${family}: ${name}`)).toEqual([]);
  });
});

describe('a block that quotes lines exactly', () => {
  const old = fc.constantFrom('', 'a();', '  a();', '    b();', '\tc();', 'if (d) {', '}', '  }', 'é', '"f"');
  const fresh = fc.constantFrom('', 'a();', '    a();', '\tnew();', '  new();', 'else {', '}', 'è', '“f”');
  const lines: fc.Arbitrary<string[]> = fc.array(old, { minLength: 1, maxLength: 12 });
  const timesIn = (whole: readonly string[], run: readonly string[]): number =>
    whole.filter((_, at) => run.every((line, index) => whole[at + index] === line)).length;

  it('changes those lines to the other side, and no others', () => {
    const change = fc
      .tuple(lines, fc.nat(11), fc.integer({ min: 1, max: 6 }), fc.array(fresh, { maxLength: 6 }))
      .map(([source, at, length, written]) => ({ source, at, run: source.slice(at, at + length), written }))
      .filter(({ source, run }) => run.some((line) => line.trim()) && timesIn(source, run) === 1)
      .filter(({ run, written }) => run.join('\n') !== written.join('\n'));
    fc.assert(
      fc.property(change, ({ source, at, run, written }) => {
        const ended = (side: readonly string[]): string => side.map((line) => `${line}\n`).join('');
        const outcome = editFromAnswer(
          { lines: source, range: { start: 0, end: source.length }, language: 'typescript' },
          block(ended(run), ended(written)),
        );
        const changed = source.toSpliced(at, run.length, ...written);
        // A document has a line, also when it is empty, and one that ended with a line end still does.
        const endsOpen = changed.length === 0 || (source.length > 1 && source.at(-1) === '' && changed.at(-1) !== '');
        const lines = endsOpen ? [...changed, ''] : changed;
        const isSame = lines.join('\n') === source.join('\n');
        expect(outcome).toEqual(isSame ? { kind: 'refused', reason: 'unchanged' } : { kind: 'edited', lines });
      }),
      { numRuns: 1000 },
    );
  });
});
