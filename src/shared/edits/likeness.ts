/** How strictly two lines are compared, from what nobody doubts to what an editor or a model may have changed on the way. */
export const STRICTNESS = ['exact', 'line ends', 'characters', 'indentation', 'blank lines'] as const;
export type Strictness = (typeof STRICTNESS)[number];

/** Typographic characters that models write for plain ones, and spaces that look like others. */
const PLAIN: readonly (readonly [RegExp, string])[] = [
  [/[\u2018\u2019]/g, "'"],
  [/[\u201c\u201d]/g, '"'],
  [/[\u2013\u2014]/g, '-'],
  [/[\u00a0\u2007\u202f]/g, ' '],
  [/\u2026/g, '...'],
  [/[\u200b\ufeff]/g, ''],
];

/** What of a line is compared: two lines are alike if it is the same of both. */
export function essenceOf(line: string, strictness: Strictness): string {
  if (strictness === 'exact') return line;
  const text = line.trimEnd();
  if (strictness === 'line ends') return text;
  const plain = plainText(text).trimEnd();
  return strictness === 'characters' ? plain : plain.trimStart();
}

/** The text in the characters that code is written with. */
export function plainText(text: string): string {
  return PLAIN.reduce((left, [pattern, replacement]) => left.replace(pattern, replacement), text.normalize('NFC'));
}
