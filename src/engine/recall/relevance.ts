import type { FoundPassages, Passage } from '../memory/transcript.ts';
import type { Span } from '../memory/passages.ts';
import { wordsOf, type Word } from '../memory/words.ts';
import { FUNCTION_WORDS } from './function-words.ts';

/** What counts as relevant. */
export interface Bar {
  /** How many of the rarest words a passage must have in common with the message, parts of words counted. */
  readonly shared: number;
  /** The part of what the message is about that those must be, by the rarity of words. */
  readonly coverage: number;
  /** Least score as a part of the best one. */
  readonly byBest: number;
  /** Most passages. */
  readonly most: number;
}

/** For messages that do not ask for it: what does not help does harm. */
export const UNASKED: Bar = { shared: 0.8, coverage: 0.35, byBest: 0.65, most: 6 };
/** For who asks: anything will do that is about the same at all. */
export const ASKED: Bar = { shared: 0.3, coverage: 0.1, byBest: 0.3, most: 12 };

/** Shared words of so many rarest ones are enough, whatever else a long message is about. */
const ENOUGH = 2.5;
/** What a word counts that is found by a part of it, or by its stem. */
const BY_ROOT = 0.6;
/** How rare a word is taken to be that stands nowhere: the message is about something that was never talked about. */
const UNKNOWN = 1;
/** What the name of something in code counts more than a word: nobody says it by chance. */
const NAME = 1.5;
/** What a word counts more where it follows the same word as in the message; `line 7` is not any 7. */
const IN_PLACE = 0.25;
/** What the other side of a turn counts: an answer need not say again what was asked. */
const OTHER_SIDE = 0.5;
/** What the current section counts more. */
const SAME_SECTION = 1.25;

/** A word of the message, and how much of it is about what. */
interface Subject {
  readonly word: Word;
  /** The word before it. */
  readonly before: string | undefined;
  readonly weight: number;
}

/** What a text has in common with the message. */
interface Likeness {
  /** Weight of the words in common. */
  readonly shared: number;
  /** What those of them count more that stand at their places. */
  readonly inPlace: number;
}

interface Scored {
  readonly passage: Passage;
  readonly shared: number;
  readonly score: number;
}

/**
 * The passages that are about what a message is about, best first, but for those that only say the same.
 *
 * @param section the part of the conversation that the message belongs to.
 */
export function relevantPassages({ words, rarities, passages }: FoundPassages, section: number, bar: Bar): readonly Passage[] {
  const subjects = subjectsOf(words, rarities);
  const known = new Set(words.map(({ whole }) => whole));
  const whole = subjects.reduce((sum, { weight }) => sum + weight, 0);
  if (whole === 0) return [];
  const own = passages.map((passage) => ({ passage, ...likeness(subjects, rarities, passage.text) }));
  const best = bestOfSides(own);
  const scored = own.map(({ passage, shared, inPlace }): Scored => {
    const other = best.get(sideOf(passage.turnId, passage.role === 'message' ? 'answer' : 'message')) ?? 0;
    const both = Math.min(whole, shared + OTHER_SIDE * other);
    return { passage, shared: both, score: (both + inPlace) * (passage.section === section ? SAME_SECTION : 1) };
  });
  const isAbove = (shared: number): boolean => shared >= bar.shared && (shared / whole >= bar.coverage || shared >= ENOUGH);
  const relevant = scored.filter(({ passage, shared }) => isAbove(shared) && saysMore(passage.text, known));
  const top = Math.max(0, ...relevant.map(({ score }) => score));
  return relevant
    .filter(({ score }) => score >= bar.byBest * top)
    .sort((a, b) => b.score - a.score || a.passage.score - b.passage.score)
    .slice(0, bar.most)
    .map(({ passage }) => passage);
}

/**
 * The part of a passage that is most about what a message is about: its best line, or sentence, and as many around it as fit.
 *
 * @returns nothing when not even that fits.
 */
export function excerptOf(text: string, { words, rarities }: FoundPassages, fits: (excerpt: string) => boolean): string | undefined {
  const subjects = subjectsOf(words, rarities);
  const parts = partsOf(text);
  const scores = parts.map(({ start, end }) => {
    const { shared, inPlace } = likeness(subjects, rarities, text.slice(start, end));
    return shared + inPlace;
  });
  const best = scores.indexOf(Math.max(...scores));
  const excerpt = (from: number, to: number): string => text.slice(parts[from]?.start, parts[to]?.end).trimEnd();
  if (best < 0 || !fits(excerpt(best, best))) return undefined;
  let [from, to] = [best, best];
  for (;;) {
    if (to + 1 < parts.length && fits(excerpt(from, to + 1))) to++;
    else if (from > 0 && fits(excerpt(from - 1, to))) from--;
    else return excerpt(from, to);
  }
}

/** The lines of a text, or the sentences of one that has a single line. */
function partsOf(text: string): readonly Span[] {
  const parts = text.includes('\n') ? /[^\n]+\n*/g : /.+?(?:[.!?;:]\s+|$)/gsu;
  return [...text.matchAll(parts)].map(({ 0: part, index }) => ({ start: index, end: index + part.length }));
}

/** Whether a passage has words that are not the message's. */
function saysMore(text: string, known: ReadonlySet<string>): boolean {
  return wordsOf(text).some(({ whole }) => !known.has(whole) && !FUNCTION_WORDS.has(whole));
}

function subjectsOf(words: readonly Word[], rarities: ReadonlyMap<string, number>): readonly Subject[] {
  return words
    .map((word, at) => ({ word, before: words[at - 1]?.whole, weight: weightOf(word, rarities) }))
    .filter(({ word }) => !FUNCTION_WORDS.has(word.whole));
}

function weightOf(word: Word, rarities: ReadonlyMap<string, number>): number {
  const known = rarities.get(word.whole);
  if (known !== undefined) return isName(word) ? NAME * known : known;
  return rootRarity(word, rarities) ?? UNKNOWN;
}

/** Whether a word is put together from others. */
function isName({ whole, roots }: Word): boolean {
  return roots.filter((root) => whole.includes(root)).length > 1;
}

function rootRarity({ roots }: Word, rarities: ReadonlyMap<string, number>): number | undefined {
  const known = roots.flatMap((root) => rarities.get(root) ?? []);
  return known.length > 0 ? Math.max(...known) : undefined;
}

function likeness(subjects: readonly Subject[], rarities: ReadonlyMap<string, number>, text: string): Likeness {
  const words = wordsOf(text);
  const wholes = new Set(words.map(({ whole }) => whole));
  const roots = new Set(words.flatMap((word) => word.roots));
  const pairs = new Set(words.map(({ whole }, at) => pairOf(words[at - 1]?.whole, whole)));
  const shared = subjects.reduce((sum, { word, weight }) => {
    if (wholes.has(word.whole)) return sum + weight;
    const common = [word.whole, ...word.roots].filter((root) => roots.has(root) || wholes.has(root));
    return sum + Math.min(weight, BY_ROOT * Math.max(0, ...common.map((root) => rarities.get(root) ?? 0)));
  }, 0);
  const standing = subjects.filter(({ word, before }) => before !== undefined && pairs.has(pairOf(before, word.whole)));
  return { shared, inPlace: standing.reduce((sum, { weight }) => sum + IN_PLACE * weight, 0) };
}

function pairOf(before: string | undefined, word: string): string {
  return `${before ?? ''} ${word}`;
}

function bestOfSides(passages: readonly Pick<Scored, 'passage' | 'shared'>[]): ReadonlyMap<string, number> {
  const best = new Map<string, number>();
  for (const { passage, shared } of passages) {
    const side = sideOf(passage.turnId, passage.role);
    best.set(side, Math.max(best.get(side) ?? 0, shared));
  }
  return best;
}

function sideOf(turnId: number, role: Passage['role']): string {
  return `${String(turnId)} ${role}`;
}
