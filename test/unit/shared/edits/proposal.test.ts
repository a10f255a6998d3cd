import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FollowedLines } from '../../../../src/shared/edits/followed-lines.ts';
import { hunksBetween, type Hunk } from '../../../../src/shared/edits/line-diff.ts';
import { nearestHunk, Proposal, type OpenHunk } from '../../../../src/shared/edits/proposal.ts';
import { changesFor } from '../../../../src/shared/edits/replacements.ts';
import { changedText, changesAt, spot } from './changed-text.ts';

const FORMER = ['a', 'b', 'c', 'd', 'e', 'f', ''];
const EDITED = ['a', 'B', 'c', 'e', 'new', 'f', ''];

function proposed(followed = new FollowedLines(FORMER)): Proposal {
  return new Proposal(followed, EDITED);
}

/** Applies hunks as an editor does, which tells of it. */
function accept(proposal: Proposal, followed: FollowedLines, hunks: readonly OpenHunk[]): void {
  for (const change of changesFor(followed.lines, hunks).toReversed()) followed.change(change);
  proposal.close(hunks);
}

describe('a proposal', () => {
  it('shows all that is open in the document as it is', () => {
    const followed = new FollowedLines(FORMER);
    const proposal = proposed(followed);
    expect(proposal.lines).toEqual(EDITED);
    followed.change({ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } }, text: 'first\nA' });
    expect(proposal.lines).toEqual(['first', 'A', ...EDITED.slice(1)]);
  });

  it('says where each hunk stands on both sides', () => {
    expect(proposed().open.map(({ range, proposed: after, lines }) => ({ range, after, lines }))).toEqual([
      { range: { start: 1, end: 2 }, after: { start: 1, end: 2 }, lines: ['B'] },
      { range: { start: 3, end: 4 }, after: { start: 3, end: 3 }, lines: [] },
      { range: { start: 5, end: 5 }, after: { start: 4, end: 5 }, lines: ['new'] },
    ]);
  });

  it('finds hunks where they stand now, but for those that are not open any more', () => {
    const followed = new FollowedLines(FORMER);
    const proposal = proposed(followed);
    const [first, second] = proposal.open;
    followed.change({ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: 'above\n' });
    expect(proposal.stillOpen([first!, second!]).map(({ range }) => range.start)).toEqual([2, 4]);
    proposal.close([first!]);
    expect(proposal.stillOpen([first!, second!]).map(({ hunk }) => hunk)).toEqual([second!.hunk]);
  });

  it('leaves out what was changed meanwhile, and takes it up again when that is taken back', () => {
    const followed = new FollowedLines(FORMER);
    const proposal = proposed(followed);
    const end = { line: 1, character: 1 };
    followed.change({ range: { start: end, end }, text: '!' });
    expect([proposal.leftOut, proposal.open.length]).toEqual([1, 2]);
    expect(proposal.lines).toEqual(['a', 'b!', 'c', 'e', 'new', 'f', '']);
    followed.change({ range: { start: end, end: { line: 1, character: 2 } }, text: '' });
    expect([proposal.leftOut, proposal.open.length]).toEqual([0, 3]);
  });

  it('changes nothing on its side when a hunk is accepted, and loses it when it is rejected', () => {
    const followed = new FollowedLines(FORMER);
    const proposal = proposed(followed);
    accept(proposal, followed, proposal.open.slice(1, 2));
    expect(followed.lines).toEqual(['a', 'b', 'c', 'e', 'f', '']);
    expect(proposal.lines).toEqual(EDITED);
    proposal.close(proposal.open.slice(0, 1));
    expect(proposal.lines).toEqual(['a', 'b', 'c', 'e', 'new', 'f', '']);
    expect([proposal.open.length, proposal.leftOut]).toEqual([1, 0]);
  });

  it('does not open a hunk again whose lines come back by Undo', () => {
    const followed = new FollowedLines(FORMER);
    const proposal = proposed(followed);
    accept(proposal, followed, proposal.open.slice(0, 1));
    followed.change({ range: { start: { line: 1, character: 0 }, end: { line: 1, character: 1 } }, text: 'b' });
    expect(proposal.open).toHaveLength(2);
  });

  it.each([
    ['range', 0, 1],
    ['range', 1, 1],
    ['range', 2, 1],
    ['range', 3, 3],
    ['range', 5, 5],
    ['range', 6, 5],
    ['proposed', 4, 5],
    ['proposed', 3, 3],
  ] as const)('has the hunk nearest to a line: %s %i', (side, line, start) => {
    expect(nearestHunk(proposed().open, side, line)?.hunk.start).toBe(start);
  });
});

describe('whatever is changed meanwhile', () => {
  /** A line that nothing but itself is like, in whole or put together. */
  const unique = (nth: number): string => String.fromCharCode(0x4e00 + nth).repeat(3);

  const edits = fc.array(fc.record({ does: fc.constantFrom('keep', 'keep', 'replace', 'remove'), adds: fc.nat(2) }), {
    minLength: 1,
    maxLength: 12,
  });
  const event = fc.record({
    spots: fc.array(spot, { minLength: 2, maxLength: 6 }),
    texts: fc.array(fc.array(fc.boolean()), { maxLength: 3 }),
  });
  const scenario = fc.record({ edits, events: fc.array(event, { maxLength: 5 }), order: fc.array(fc.nat(), { maxLength: 12 }) });
  type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

  function played({ edits: lines, events }: Scenario): {
    readonly followed: FollowedLines;
    readonly proposal: Proposal;
    readonly text: string;
    readonly texts: readonly string[];
    readonly hunks: readonly Hunk[];
  } {
    let fresh = 1000;
    const former = lines.map((_, nth) => unique(nth));
    const edited = lines.flatMap(({ does, adds }, nth) => [
      ...(does === 'keep' ? [unique(nth)] : does === 'replace' ? [unique(fresh++)] : []),
      ...Array.from({ length: adds }, () => unique(fresh++)),
    ]);
    const followed = new FollowedLines(former);
    const texts = [former.join('\n')];
    for (const { spots, texts: inserted } of events) {
      // Each piece a line end or a line that is nowhere else.
      const words = inserted.map((pieces) => pieces.map((isEnd) => (isEnd ? '\n' : unique(fresh++))).join(''));
      for (const change of changesAt(texts.at(-1)!, spots, words)) {
        followed.change(change);
        texts.push(changedText(texts.at(-1)!, change));
      }
    }
    const after = edited.length > 0 ? edited : [''];
    return { followed, proposal: new Proposal(followed, after), text: texts.at(-1)!, texts, hunks: hunksBetween(former, after) };
  }

  /** Where lines stand in a text one after the other; -1 when they do not. */
  const found = (text: string, lines: readonly string[]): number => {
    const all = text.split('\n');
    const at = all.indexOf(lines[0]!);
    return lines.every((line, nth) => all[at + nth] === line) ? at : -1;
  };

  it('the text that is followed is the text', () => {
    fc.assert(
      fc.property(scenario, (one) => {
        const { followed, text } = played(one);
        expect(followed.lines).toEqual(text.split('\n'));
      }),
    );
  });

  it('a hunk is open if its lines stood there all the time, and only if they stand there', () => {
    fc.assert(
      fc.property(scenario, (one) => {
        const { proposal, texts, text, hunks } = played(one);
        for (const hunk of hunks.filter(({ removed }) => removed.length > 0)) {
          const open = proposal.open.find((other) => other.hunk.start === hunk.start);
          if (open) expect(found(text, hunk.removed)).toBe(open.range.start);
          else expect(texts.some((then) => found(then, hunk.removed) < 0)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('what only inserts stays between the lines that it was between', () => {
    fc.assert(
      fc.property(scenario, (one) => {
        const { proposal, followed, texts, text, hunks } = played(one);
        const { former } = followed;
        for (const hunk of hunks.filter(({ removed }) => removed.length === 0)) {
          const open = proposal.open.find((other) => other.hunk.start === hunk.start);
          const around = former.slice(Math.max(0, hunk.start - 1), hunk.start + 1);
          if (!open) {
            const isInside = around.length === 2;
            if (isInside) expect(texts.some((then) => found(then, around) < 0)).toBe(true);
            continue;
          }
          former.forEach((line, nth) => {
            const at = found(text, [line]);
            if (at >= 0) expect(at < open.range.start).toBe(nth < hunk.start);
          });
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('what is accepted is replaced, and nothing else is', () => {
    fc.assert(
      fc.property(scenario, (one) => {
        const { proposal, followed, text } = played(one);
        const { open } = proposal;
        const expected = text.split('\n');
        for (const { hunk, range } of open.toReversed()) {
          const at = hunk.removed.length > 0 ? found(text, hunk.removed) : range.start;
          expected.splice(at, hunk.removed.length, ...hunk.added);
        }
        const shown = proposal.lines.join('\n');
        let applied = text;
        for (const change of changesFor(followed.lines, open).toReversed()) applied = changedText(applied, change);
        expect(applied).toBe(expected.join('\n'));
        expect(applied).toBe(shown);
      }),
      { numRuns: 1000 },
    );
  });

  it('hunks may be accepted in any order, and the text is the same in the end', () => {
    fc.assert(
      fc.property(scenario, (one) => {
        const { proposal, followed } = played(one);
        const all = proposal.lines;
        for (const nth of one.order) {
          const { open } = proposal;
          if (open.length === 0) break;
          accept(proposal, followed, [open[nth % open.length]!]);
          expect(proposal.lines).toEqual(all);
        }
        accept(proposal, followed, proposal.open);
        expect(followed.lines).toEqual(all);
        expect(proposal.open).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('lines of which many are alike', () => {
  const line = fc.constantFrom('', 'a', 'b', '  a');
  const lines = fc.array(line, { minLength: 1, maxLength: 8 });
  const event = fc.record({
    spots: fc.array(spot, { minLength: 2, maxLength: 4 }),
    texts: fc.array(
      fc.array(fc.constantFrom('', 'a', 'b', 'c'), { maxLength: 3 }).map((pieces) => pieces.join('\n')),
      { maxLength: 2 },
    ),
  });

  it('are only replaced where they stand as they were, in their order', () => {
    fc.assert(
      fc.property(lines, lines, fc.array(event, { maxLength: 5 }), (former, edited, events) => {
        const followed = new FollowedLines(former);
        let text = former.join('\n');
        for (const { spots, texts } of events) {
          for (const change of changesAt(text, spots, texts)) {
            followed.change(change);
            text = changedText(text, change);
          }
        }
        const proposal = new Proposal(followed, edited);
        const { open } = proposal;
        const now = text.split('\n');
        for (const { hunk, range } of open) expect(now.slice(range.start, range.end)).toEqual(hunk.removed);
        open.forEach(({ range }, at) => expect(range.start).toBeGreaterThanOrEqual(open[at - 1]?.range.end ?? 0));
        accept(proposal, followed, open);
        expect(proposal.open).toEqual([]);
        for (const change of changesFor(now, open).toReversed()) text = changedText(text, change);
        expect(followed.lines).toEqual(text.split('\n'));
      }),
      { numRuns: 2000 },
    );
  });
});
