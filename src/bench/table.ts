import { figure } from './report.ts';

/** A table for people; the JSON has the results in full. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (number | string)[])[];
}

/** Text columns to the left, numbers to the right. */
export function formatTable({ title, columns, rows }: Table): string {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? figure(cell) : cell)));
  const widths = columns.map((name, at) => Math.max(name.length, ...texts.map((row) => row[at]?.length ?? 0)));
  const isText = columns.map((_, at) => typeof rows[0]?.[at] === 'string');
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (isText[at] ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  return [title, line(columns), ...texts.map(line)].join('\n');
}
