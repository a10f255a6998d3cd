/** Longest passage, in UTF-16 units: 100 to 150 tokens of prose or code. */
const LONGEST = 480;

/** A part of a text, in UTF-16 units from its beginning. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts a text into passages that can be understood by themselves: paragraphs and blocks of code, as many neighbours
 * together as fit, and what is too long at the end of a line, or else of a word. White space around them is in none.
 */
export function passagesOf(text: string): readonly Span[] {
  const passages: Span[] = [];
  for (const span of blocksOf(text).flatMap((block) => shortened(text, block))) {
    const last = passages.at(-1);
    if (last && span.end - last.start <= LONGEST) passages[passages.length - 1] = { start: last.start, end: span.end };
    else passages.push(span);
  }
  return passages;
}

/** Paragraphs, and fenced code as a whole, empty lines and all. */
function blocksOf(text: string): readonly Span[] {
  const blocks: Span[] = [];
  let block: Span | undefined;
  let fence: string | undefined;
  for (const line of linesOf(text, { start: 0, end: text.length })) {
    const content = text.slice(line.start, line.end).trim();
    const mark = /^(?:`{3,}|~{3,})/.exec(content)?.[0];
    const opens = fence === undefined && mark !== undefined;
    const closes = fence !== undefined && mark !== undefined && mark.startsWith(fence) && content === mark;
    const isBetween = fence === undefined && content === '';
    if (block && (isBetween || opens)) {
      blocks.push(block);
      block = undefined;
    }
    if (!isBetween) block = { start: block?.start ?? line.start, end: line.end };
    if (opens) fence = mark;
    if (closes) fence = undefined;
  }
  return (block ? [...blocks, block] : blocks).map((span) => trimmed(text, span)).filter(({ start, end }) => start < end);
}

/** The same text in pieces that are short enough. */
function shortened(text: string, block: Span): readonly Span[] {
  if (block.end - block.start <= LONGEST) return [block];
  const pieces: Span[] = [];
  for (const line of linesOf(text, block).flatMap((span) => brokenLine(text, span))) {
    const last = pieces.at(-1);
    if (last && line.end - last.start <= LONGEST) pieces[pieces.length - 1] = { start: last.start, end: line.end };
    else pieces.push(line);
  }
  return pieces.map((span) => trimmed(text, span)).filter(({ start, end }) => start < end);
}

/** A line in parts that are short enough, between two words where there are any, and never within a character. */
function brokenLine(text: string, { start, end }: Span): readonly Span[] {
  const parts: Span[] = [];
  let from = start;
  while (end - from > LONGEST) {
    // Not in the whole text: that would be looked through back to its beginning, once for every part.
    const space = text.slice(from, from + LONGEST + 1).lastIndexOf(' ');
    const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(from + LONGEST - 1));
    const to = space > 0 ? from + space + 1 : from + LONGEST - (splitsPair ? 1 : 0);
    parts.push({ start: from, end: Math.min(to, from + LONGEST) });
    from = Math.min(to, from + LONGEST);
  }
  return [...parts, { start: from, end }];
}

/** Lines without their breaks. */
function linesOf(text: string, { start, end }: Span): readonly Span[] {
  const lines: Span[] = [];
  for (let from = start; from < end;) {
    const lineBreak = text.indexOf('\n', from);
    const to = lineBreak < 0 || lineBreak > end ? end : lineBreak;
    lines.push({ start: from, end: to });
    from = to + 1;
  }
  return lines;
}

/** Without empty lines and white space around; the indentation of the first line stays. */
function trimmed(text: string, { start, end }: Span): Span {
  const content = text.slice(start, end);
  const before = /^(?:[^\S\n]*\n)*/.exec(content)?.[0].length ?? 0;
  const kept = content.trimEnd().length;
  return { start: start + Math.min(before, kept), end: start + kept };
}
