import type { FencedCode } from './fenced-code.ts';

/** Code whose fence is open, as far as it has been read. */
export interface OpenFence {
  /** What a line that closes it begins with. */
  readonly marker: string;
  readonly about: Pick<FencedCode, 'language' | 'info'>;
  /** Where the code begins in the source of the fence, and its last line, in UTF-16 units. */
  readonly codeStart: number;
  readonly lastLine: number;
}

/** A fence that is indented takes its indentation from the lines of its code, which only the parser does. */
const OPENING = /^(`{3,}(?=[^`\n]*\n)|~{3,})[^\n]*\n/;

/** The fence that a source begins with, if nothing in it may close it. */
export function fenceOpenIn(source: string, { language, info }: FencedCode): OpenFence | undefined {
  const opening = OPENING.exec(source);
  if (!opening?.[1]) return undefined;
  const codeStart = opening[0].length;
  if (mayClose(source.slice(codeStart), opening[1])) return undefined;
  return { marker: opening[1], about: { language, info }, codeStart, lastLine: Math.max(codeStart, lastLineOf(source)) };
}

/**
 * The same fence when its source has grown, without reading again what was there.
 *
 * @param isOrdinary whether the new lines are such that the parser would take them.
 * @returns nothing when the fence may be closed now; then the parser has to say.
 */
export function fenceAfter(fence: OpenFence, source: string, isOrdinary: (lines: string) => boolean): OpenFence | undefined {
  const lines = source.slice(fence.lastLine);
  if (mayClose(lines, fence.marker) || !isOrdinary(lines)) return undefined;
  return { ...fence, lastLine: lastLineOf(source) };
}

/** The end of the last line is none of the code's, unless the line is empty: so the parser has it. */
export function codeIn({ codeStart }: OpenFence, source: string): string {
  const code = source.slice(codeStart);
  return /[^\n]\n$/.test(code.slice(-2)) ? code.slice(0, -1) : code;
}

/** A line that only begins as if it closed the fence counts, too: the parser knows better. */
function mayClose(lines: string, marker: string): boolean {
  return lines.includes(marker) && lines.split('\n').some((line) => line.trimStart().startsWith(marker));
}

function lastLineOf(source: string): number {
  return source.lastIndexOf('\n') + 1;
}
