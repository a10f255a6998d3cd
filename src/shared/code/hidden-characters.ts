/**
 * Characters that nobody sees, or that make others look as if they stood elsewhere: controls, bidirectional overrides, spaces without
 * width, halves of surrogate pairs, other line ends. Line feeds are not among them.
 */
const HIDDEN = /[^\P{C}\n]|[\u2028\u2029]/u;

/** Whether a text is more than can be seen of it. */
export function hasHiddenCharacters(text: string): boolean {
  return HIDDEN.test(text);
}
