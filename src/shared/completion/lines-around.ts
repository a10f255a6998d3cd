import type { ReadableDocument } from './place-reader.ts';

/** Whole lines around a line, joined by line feeds, with no more than so many characters of them. */
export function linesAround(document: ReadableDocument, line: number, above: number, below: number, mostChars: number): string {
  const last = Math.min(document.lineCount - 1, line + below);
  const lines: string[] = [];
  let left = mostChars;
  for (let at = Math.max(0, line - above); at <= last && left > 0; at++) {
    const text = document.lineAt(at).text.slice(0, left);
    lines.push(text);
    left -= text.length + 1;
  }
  return lines.join('\n');
}
