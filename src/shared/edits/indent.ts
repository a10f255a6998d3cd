const TAB_WIDTH = 4;

export function isBlank(line: string): boolean {
  return line.trim() === '';
}

/** How far a line is indented, in columns. */
export function indentWidth(line: string): number {
  const space = /^[ \t]*/.exec(line)?.[0] ?? '';
  return Array.from(space).reduce((width, char) => (char === '\t' ? width + TAB_WIDTH - (width % TAB_WIDTH) : width + 1), 0);
}

/** How lines are indented: a tab for each step, or so many spaces. */
export type IndentUnit = { readonly kind: 'tabs' } | { readonly kind: 'spaces'; readonly width: number };

/** A line within a comment of several, aligned by one column more than the code. */
const IN_COMMENT = /^\s+\*(?:\s|\/|$)/;

/** The unit that lines are indented with; `undefined` when none of them is. */
export function indentUnit(lines: readonly string[]): IndentUnit | undefined {
  const indented = lines.filter((line) => !isBlank(line) && /^[ \t]/.test(line) && !IN_COMMENT.test(line));
  if (indented.length === 0) return undefined;
  const tabs = indented.filter((line) => line.startsWith('\t')).length;
  if (tabs * 2 > indented.length) return { kind: 'tabs' };
  const widths = indented.map(indentWidth);
  const steps = widths.map((width, at) => Math.abs(width - (widths[at - 1] ?? 0))).filter((step) => step > 1);
  return { kind: 'spaces', width: steps.length > 0 ? Math.min(...steps) : Math.min(...widths) };
}

/** The smallest indentation of lines that are not blank, in columns; 0 when all are. */
export function baseWidth(lines: readonly string[]): number {
  const widths = lines.filter((line) => !isBlank(line)).map(indentWidth);
  return widths.length === 0 ? 0 : Math.min(...widths);
}

export interface Indentations {
  /** Lines as the model wrote them: where these would stand, the target does. */
  readonly source: readonly string[];
  /** Lines of the file that the source is about. */
  readonly target: readonly string[];
  /** Lines of the file, for the unit where the target's has none. */
  readonly around: readonly string[];
}

/** Brings lines into the indentation of a file: its unit, and as deep. What is aligned within a step stays so, in spaces. */
export function reindent(written: readonly string[], { source, target, around }: Indentations): readonly string[] {
  const to = indentUnit(target) ?? indentUnit(around) ?? indentUnit(written);
  if (!to) return written;
  const from = indentUnit(source) ?? indentUnit(written) ?? to;
  const [sourceBase, targetBase] = [baseWidth(source), baseWidth(target)];
  if (sourceBase === targetBase && isSame(from, to)) return written;
  return written.map((line) => {
    if (isBlank(line)) return '';
    const deeper = indentWidth(line) - sourceBase;
    const depth = Math.trunc(deeper / stepOf(from));
    const columns = targetBase + depth * stepOf(to) + (deeper - depth * stepOf(from));
    return indentation(Math.max(0, columns), to) + line.trimStart();
  });
}

function stepOf(unit: IndentUnit): number {
  return unit.kind === 'tabs' ? TAB_WIDTH : unit.width;
}

function indentation(columns: number, unit: IndentUnit): string {
  if (unit.kind === 'spaces') return ' '.repeat(columns);
  return '\t'.repeat(Math.floor(columns / TAB_WIDTH)) + ' '.repeat(columns % TAB_WIDTH);
}

function isSame(one: IndentUnit, other: IndentUnit): boolean {
  return one.kind === other.kind && stepOf(one) === stepOf(other);
}
