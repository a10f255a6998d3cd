import type { SearchHit } from '../../shared/protocol.ts';
import type { Passage } from './transcript.ts';
import { typedWord, wordsOf } from './words.ts';

/** Characters of a passage that are shown, and those of them before the first match. */
const LONGEST_EXCERPT = 240;
const BEFORE_MATCH = 60;

/** What letters, digits and names are made of, with its place. */
const WORD = /[\p{L}\p{N}\p{M}_$]+/gu;

/** A passage that was found, as it is shown: cut to what is around its first match, with all matches. */
export function searchHit(passage: Passage, query: string): SearchHit {
  const { turnId, createdAt, role, text } = passage;
  const matches = matchesIn(text, query);
  const from = beginningBefore(text, (matches[0]?.start ?? 0) - BEFORE_MATCH);
  const excerpt = text.slice(from, from + LONGEST_EXCERPT);
  const ranges = matches
    .map(({ start, end }) => ({ start: start - from, end: Math.min(end - from, excerpt.length) }))
    .filter(({ start }) => start < excerpt.length);
  return { turnId, createdAt, role, excerpt, ranges };
}

/** The words of a text that a query is found by; the last word of the query may be the beginning of one. */
function matchesIn(text: string, query: string): readonly { readonly start: number; readonly end: number }[] {
  const terms = new Set(wordsOf(query).flatMap(({ whole, roots }) => [whole, ...roots]));
  const typed = typedWord(query);
  return [...text.matchAll(WORD)]
    .filter(([word]) =>
      wordsOf(word).some(
        ({ whole, roots }) => (typed !== undefined && whole.startsWith(typed)) || [whole, ...roots].some((term) => terms.has(term)),
      ),
    )
    .map(({ 0: word, index }) => ({ start: index, end: index + word.length }));
}

/** The beginning of a word at or after a place. */
function beginningBefore(text: string, at: number): number {
  if (at <= 0) return 0;
  const space = text.slice(at, at + BEFORE_MATCH).search(/\s/);
  return space < 0 ? at : at + space + 1;
}
