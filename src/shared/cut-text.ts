export interface CutText {
  readonly text: string;
  /** Whether something was left out at the end. */
  readonly isCut: boolean;
}

/**
 * The beginning of a text, as whole lines as far as there are any, and never half a character.
 *
 * @param longest UTF-16 units that may stay, at least 2.
 */
export function cutText(text: string, longest: number): CutText {
  if (text.length <= longest) return { text, isCut: false };
  const lines = text.lastIndexOf('\n', longest - 1) + 1;
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(longest - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(longest));
  return { text: text.slice(0, lines || (splitsPair ? longest - 1 : longest)), isCut: true };
}

/** The end of a text, as whole lines as far as there are any, and never half a character. */
export function cutTextFromStart(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const end = text.slice(-longest);
  const line = end.indexOf('\n') + 1;
  if (line > 0 && line < end.length) return end.slice(line);
  return /^[\uDC00-\uDFFF]/.test(end) ? end.slice(1) : end;
}
