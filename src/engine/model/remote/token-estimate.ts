/** Letters of a word that one token stands for, where words are not in the vocabulary as a whole. */
const LETTERS_PER_TOKEN = 3;

/** Runs that are cut into tokens each by itself: letters with the space before them, spaces, and whatever else there is, one by one. */
const RUNS = / ?[a-z]+| ?[A-Z]+| +|./gsu;

/**
 * How many tokens a model makes of a text, when the model cannot be asked: rather too many than too few. Words are taken for a token per
 * three letters, digits, signs, line ends and indentations for one each, other characters for as many as they have bytes in UTF-8; and
 * there is one for what some vocabularies put before every text.
 */
export function estimateTokens(text: string): number {
  let tokens = text === '' ? 0 : 1;
  for (const [run] of text.matchAll(RUNS)) tokens += tokensOf(run);
  return tokens;
}

function tokensOf(run: string): number {
  const code = run.codePointAt(0) ?? 0;
  if (code > 0x7f) return code > 0xffff ? 4 : code > 0x7ff ? 3 : 2;
  return Math.max(1, Math.ceil(run.trimStart().length / LETTERS_PER_TOKEN));
}
