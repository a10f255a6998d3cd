import type { SearchHit } from '../../shared/protocol/conversation.ts';
import type { Passage } from './transcript.ts';
import { typedWord, wordsOf } from './words.ts';

/** Characters of a passage that are shown, and those of them before the first match. */
const LONGEST_EXCERPT = 240;
const BEFORE_MATCH = 60;

/** What letters, digits and names are made of, with its place. */
const WORD = /[\p{L}\p{N}\p{M}_$]+/gu;

/** What the words of a query are known by. */
interface Terms {
  readonly known: ReadonlySet<string>;
  /** The last word of the query, which may be the beginning of one. */
  readonly typed: string | undefined;
}

/** Passages that were found, as they are shown: cut to what is around their first match, with all matches. */
export function searchHits(passages: readonly Passage[], query: string): SearchHit[] {
  const terms = termsOf(query);
  return passages.map((passage) => searchHit(passage, terms));
}

function termsOf(query: string): Terms {
  return { known: new Set(wordsOf(query).flatMap(({ whole, roots }) => [whole, ...roots])), typed: typedWord(query) };
}

function searchHit({ turnId, createdAt, role, text }: Passage, terms: Terms): SearchHit {
  const matches = matchesIn(text, terms);
  const from = beginningBefore(text, (matches[0]?.start ?? 0) - BEFORE_MATCH);
  const excerpt = text.slice(from, from + LONGEST_EXCERPT);
  const ranges = matches
    .map(({ start, end }) => ({ start: start - from, end: Math.min(end - from, excerpt.length) }))
    .filter(({ start }) => start < excerpt.length);
  return { turnId, createdAt, role, excerpt, ranges };
}

/** The words of a text that a query is found by. */
function matchesIn(text: string, { known, typed }: Terms): readonly { readonly start: number; readonly end: number }[] {
  return [...text.matchAll(WORD)]
    .filter(([word]) =>
      wordsOf(word).some(
        ({ whole, roots }) => (typed !== undefined && whole.startsWith(typed)) || [whole, ...roots].some((term) => known.has(term)),
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
