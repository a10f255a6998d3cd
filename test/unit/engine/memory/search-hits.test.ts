import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchHits } from '../../../../src/engine/memory/search-hits.ts';
import type { SearchHit } from '../../../../src/shared/protocol/conversation.ts';
import type { Passage } from '../../../../src/engine/memory/transcript.ts';

const passage = (text: string): Passage => ({
  turnId: 7,
  role: 'answer',
  start: 0,
  end: text.length,
  score: -1,
  text,
  createdAt: 5,
  section: 0,
});

const searchHit = (found: Passage, query: string): SearchHit => searchHits([found], query)[0]!;

const marked = (text: string, query: string): readonly string[] => {
  const { excerpt, ranges } = searchHit(passage(text), query);
  return ranges.map(({ start, end }) => excerpt.slice(start, end));
};

describe('a hit', () => {
  it('says where it is, and marks every word that it was found by', () => {
    expect(searchHit(passage('Parse the header, then parse the body'), 'parse body')).toEqual({
      turnId: 7,
      createdAt: 5,
      role: 'answer',
      excerpt: 'Parse the header, then parse the body',
      ranges: [
        { start: 0, end: 5 },
        { start: 23, end: 28 },
        { start: 33, end: 37 },
      ],
    });
  });

  it('marks other forms of a word, names with it, and what begins as the last one does', () => {
    expect(marked('parsing goes by parseLine', 'parse')).toEqual(['parsing', 'parseLine']);
    expect(marked('the tokenizer', 'toke')).toEqual(['tokenizer']);
    expect(marked('the tokenizer', 'toke the')).toEqual(['the']);
  });

  it('begins a little before the first match, and is not long', () => {
    const { excerpt, ranges } = searchHit(passage(`${'word '.repeat(60)}needle ${'word '.repeat(60)}`), 'needle');
    expect(excerpt.length).toBeLessThanOrEqual(240);
    expect(ranges[0]!.start).toBeLessThan(61);
    expect(excerpt.startsWith('word')).toBe(true);
  });

  it('costs no more for every passage however long the query is', () => {
    const query = 'a pasted text '.repeat(7_000);
    // Were it compared with each of them anew, this would take minutes.
    expect(
      searchHits(
        Array.from({ length: 10_000 }, () => passage('a text')),
        query,
      ),
    ).toHaveLength(10_000);
  });

  it('has ranges that lie within the excerpt, ascend and do not overlap, whatever the text', () => {
    const text = fc.oneof(fc.lorem({ maxCount: 80 }), fc.string({ unit: 'grapheme', maxLength: 480 }));
    fc.assert(
      fc.property(text, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), (said, query) => {
        const { excerpt, ranges } = searchHit(passage(said), query);
        expect(said).toContain(excerpt);
        let last = 0;
        for (const { start, end } of ranges) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(excerpt.length);
      }),
    );
  });
});
