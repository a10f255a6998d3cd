/** Letters, digits, and what else the names in code are made of. */
const WORD = /[\p{L}\p{N}_$]+/gu;
/** Scripts that put no spaces between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu;
/** Where the parts of a name meet: `parseLine`, `HTTPServer`, `utf8Text`. */
const SEAM = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})|[_$]+/u;
/** Endings of English words, the longest first; what is left must be a word still. */
const ENDINGS = ['ions', 'ings', 'ion', 'ing', 'ers', 'ies', 'ed', 'er', 'es', 's', 'y', 'e'];
const SHORTEST_STEM = 3;
/** Shorter beginnings are those of too many words. */
const SHORTEST_BEGINNING = 3;
/** Longer ones are data, not words. */
const LONGEST_WORD = 64;

/** A word of a text as it is searched for, and what else it may be found by. */
export interface Word {
  /** In lower case and without accents. */
  readonly whole: string;
  /** The parts of a name, and the stem of a word, where they differ from it. */
  readonly roots: readonly string[];
}

/** The words of a text in order. Names in code are one word with parts: `parseLine`, `parse_line`. */
export function wordsOf(text: string): readonly Word[] {
  return (plain(text).match(WORD) ?? []).flatMap((run) => spacedOut(run).map(toWord)).filter(({ whole }) => whole.length <= LONGEST_WORD);
}

/** The word that somebody is typing, the last of a text, once it says something by its beginning. */
export function typedWord(text: string): string | undefined {
  const last = wordsOf(text).at(-1)?.whole;
  return last !== undefined && last.length >= SHORTEST_BEGINNING ? last : undefined;
}

/** A text without accents and without the variants of letters that only look another way. */
function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC');
}

/** Where a script has no spaces, two letters at a time take the place of words. */
function spacedOut(run: string): readonly string[] {
  if (run.search(UNSPACED) < 0) return [run];
  const words: string[] = [];
  let end = 0;
  for (const { 0: letters, index } of run.matchAll(UNSPACED)) {
    words.push(run.slice(end, index), ...pairsOf(Array.from(letters)));
    end = index + letters.length;
  }
  return [...words, run.slice(end)].filter((word) => word !== '');
}

function pairsOf(letters: readonly string[]): readonly string[] {
  if (letters.length < 2) return letters;
  return letters.slice(1).map((letter, at) => `${letters[at] ?? ''}${letter}`);
}

function toWord(word: string): Word {
  const whole = word.toLowerCase();
  const parts = word.split(SEAM).map((part) => part.toLowerCase());
  const named = parts.filter((part) => part.length > 1);
  const roots = new Set([...named, ...named.map(stemOf), stemOf(whole)]);
  roots.delete(whole);
  return { whole, roots: [...roots] };
}

/** The beginning that a word has in common with its other forms: `pars` for `parse`, `parsing`, `parser`. */
function stemOf(word: string): string {
  const ending = ENDINGS.find((candidate) => word.endsWith(candidate) && word.length - candidate.length >= SHORTEST_STEM);
  return ending === undefined || /\P{L}/u.test(word) ? word : single(word.slice(0, -ending.length));
}

/** `stopp` of `stopped` is `stop`. */
function single(stem: string): string {
  return stem.length > SHORTEST_STEM && /([b-df-hj-np-rtv-xz])\1$/.test(stem) ? stem.slice(0, -1) : stem;
}
