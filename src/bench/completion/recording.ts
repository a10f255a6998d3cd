import { readFileSync } from 'node:fs';
import type { SelectedText } from '../../shared/completion/place-reader.ts';

/** A range of a document, in lines and characters from 0, and the text that stands there now. */
type Change = readonly [startLine: number, startCharacter: number, endLine: number, endCharacter: number, text: string];

/** VS Code asks what to write at a place. */
export interface AskEvent {
  readonly ms: number;
  readonly ask: number;
  readonly file: number;
  readonly at: readonly [line: number, character: number];
  readonly selected?: Change;
}

/** VS Code does not wait for an answer any more. */
export interface CancelEvent {
  readonly ms: number;
  readonly cancel: number;
}

export interface ChangeEvent {
  readonly ms: number;
  readonly file: number;
  readonly changes: readonly Change[];
}

/** What happened in an editor, at so many milliseconds; files are named by their places in the list. */
export interface Recording {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly events: readonly (AskEvent | CancelEvent | ChangeEvent)[];
}

/**
 * The keys of an editing session in three of our files, pressed by a script at the pace of people, as a real VS Code told them
 * to an inline completion provider: some four minutes, with slips, jumps, rests, lists of suggestions and brackets that the
 * editor closes by itself (scripts/typing-recorder).
 */
export function recordedTyping(): Recording {
  return JSON.parse(readFileSync(new URL('recorded-typing.json', import.meta.url), 'utf8')) as Recording;
}

export function selectedText([startLine, startCharacter, endLine, endCharacter, text]: Change): SelectedText {
  const [start, end] = [
    { line: startLine, character: startCharacter },
    { line: endLine, character: endCharacter },
  ];
  return { range: { start, end }, text };
}

/** A document that changes as the recorded one did. */
export class ReplayedDocument {
  readonly uri: string;
  #lines: readonly string[];

  constructor({ path, text }: Recording['files'][number]) {
    this.uri = path;
    this.#lines = text.split('\n');
  }

  get lineCount(): number {
    return this.#lines.length;
  }

  lineAt(line: number): { readonly text: string } {
    return { text: this.#lines[line] ?? '' };
  }

  change({ changes }: ChangeEvent): void {
    for (const [startLine, startCharacter, endLine, endCharacter, text] of changes) {
      const before = this.lineAt(startLine).text.slice(0, startCharacter);
      const behind = this.lineAt(endLine).text.slice(endCharacter);
      this.#lines = [...this.#lines.slice(0, startLine), ...(before + text + behind).split('\n'), ...this.#lines.slice(endLine + 1)];
    }
  }
}
