/** A place in a text: line and UTF-16 units before it in that line, both from 0. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

/** A part of a text and what takes its place; the form in which VS Code tells how a document has changed. */
export interface TextChange {
  readonly range: { readonly start: TextPosition; readonly end: TextPosition };
  readonly text: string;
}
