/** A line of a text of which the end is missing, as when somebody types it. */
export interface Hole {
  /** Whole lines before it. */
  readonly prefix: string;
  /** The beginning of the line. */
  readonly typed: string;
  readonly missing: string;
  /** What stands behind the line. */
  readonly suffix: string;
}

/** A line that is worth asking for has a few words. */
const SHORTEST_LINE = 12;

/** Holes from the middle of a line to its end, spread evenly over the text. */
export function holesIn(text: string, count: number): readonly Hole[] {
  const lines = [...text.matchAll(/^.*$/gm)].filter(([line]) => line.trim().length >= SHORTEST_LINE);
  return Array.from({ length: Math.min(count, lines.length) }, (_, n) => {
    const { 0: line = '', index = 0 } = lines[Math.floor(((n + 0.5) * lines.length) / count)] ?? {};
    const [cut, end] = [index + wordEnd(line, Math.floor(line.length / 2)), index + line.length];
    return { prefix: text.slice(0, index), typed: text.slice(index, cut), missing: text.slice(cut, end), suffix: text.slice(end) };
  });
}

/** The same hole with no more than so many characters before it and behind it, in whole lines. */
export function nearby(hole: Hole, charsBefore: number, charsBehind: number): Hole {
  const { prefix, suffix } = hole;
  const [before, behind] = [prefix.slice(-charsBefore), suffix.slice(0, charsBehind)];
  return {
    ...hole,
    prefix: prefix.length > charsBefore ? before.slice(before.indexOf('\n') + 1) : before,
    suffix: suffix.length > charsBehind ? behind.slice(0, behind.lastIndexOf('\n') + 1) : behind,
  };
}

/** The next end of a word, unless the line ends with it. */
function wordEnd(line: string, from: number): number {
  const end = from + (/^\w*/.exec(line.slice(from))?.[0].length ?? 0);
  return end < line.trimEnd().length ? end : from;
}
