import type { Replacement } from './edit-target.ts';
import type { LineRange } from './locate.ts';
import type { TextChange, TextPosition } from './text-change.ts';

/**
 * Lines with some of them replaced; a text has at least one line, which may be empty.
 *
 * @param replacements in order, none over another.
 */
export function withReplacements(lines: readonly string[], replacements: readonly Replacement[]): readonly string[] {
  const pieces = replacements.flatMap(({ range, lines: added }, nth) => [
    lines.slice(replacements[nth - 1]?.range.end ?? 0, range.start),
    added,
  ]);
  const replaced = [...pieces, lines.slice(replacements.at(-1)?.range.end ?? 0)].flat();
  return replaced.length === 0 ? [''] : replaced;
}

/** Where the new lines stand once all of these have been replaced. */
export function rangesAfter(replacements: readonly Replacement[]): readonly LineRange[] {
  let shift = 0;
  return replacements.map(({ range, lines }) => {
    const start = range.start + shift;
    shift += lines.length - (range.end - range.start);
    return { start, end: start + lines.length };
  });
}

/** The same as changes of the text, each of which touches nothing but the lines it replaces; in order, none over another. */
export function changesFor(lines: readonly string[], replacements: readonly Replacement[]): readonly TextChange[] {
  return joined(replacements).map((replacement) => changeFor(lines, replacement));
}

/** Those that touch made one: a line end between two that vanish would belong to both. */
function joined(replacements: readonly Replacement[]): readonly Replacement[] {
  const apart: Replacement[] = [];
  for (const next of replacements) {
    const former = apart.at(-1);
    if (former?.range.end !== next.range.start) apart.push(next);
    else apart.splice(-1, 1, { range: { start: former.range.start, end: next.range.end }, lines: [...former.lines, ...next.lines] });
  }
  return apart;
}

function changeFor(lines: readonly string[], { range, lines: added }: Replacement): TextChange {
  const endOf = (line: number): TextPosition => ({ line, character: lines[line]?.length ?? 0 });
  const startOf = (line: number): TextPosition => ({ line, character: 0 });
  const text = added.join('\n');
  const isNothing = range.start === range.end;
  if (!isNothing && added.length > 0) return { range: { start: startOf(range.start), end: endOf(range.end - 1) }, text };
  // Whole lines come or go, and one line end with each of them: the one behind, or at the end of the text the one before.
  if (range.end < lines.length)
    return { range: { start: startOf(range.start), end: startOf(range.end) }, text: isNothing ? `${text}\n` : '' };
  const start = range.start === 0 ? startOf(0) : endOf(range.start - 1);
  return { range: { start, end: endOf(lines.length - 1) }, text: isNothing ? `\n${text}` : '' };
}
