import * as vscode from 'vscode';
import { FollowedLines } from '../../shared/edits/followed-lines.ts';

/** A document that is followed from the moment the model is asked to change it, also when it is closed and opened again. */
export class FollowedDocument implements vscode.Disposable {
  readonly uri: vscode.Uri;
  readonly lines: FollowedLines;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #watch: vscode.Disposable;
  #document: vscode.TextDocument;

  constructor(document: vscode.TextDocument) {
    this.uri = document.uri;
    this.lines = new FollowedLines(linesOf(document));
    this.#document = document;
    this.#watch = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((event) => this.#follow(event)),
      vscode.workspace.onDidOpenTextDocument((opened) => this.#reopened(opened)),
    );
  }

  /** `lines` are up to date already. */
  get onDidChange(): vscode.Event<void> {
    return this.#changed.event;
  }

  /** The document, opened anew if need be; `undefined` when it is gone. */
  async open(): Promise<vscode.TextDocument | undefined> {
    if (!this.#document.isClosed) return this.#document;
    // What was never saved is gone when it is closed; asking for it would give an empty one.
    if (this.uri.scheme === 'untitled') return undefined;
    try {
      this.#reopened(await vscode.workspace.openTextDocument(this.uri));
      return this.#document;
    } catch {
      return undefined;
    }
  }

  dispose(): void {
    this.#watch.dispose();
    this.#changed.dispose();
  }

  #follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (document.uri.toString() !== this.uri.toString() || contentChanges.length === 0) return;
    for (const change of contentChanges) this.lines.change(change);
    this.#changed.fire();
  }

  /** Nobody tells what happens to a file while it is closed. */
  #reopened(document: vscode.TextDocument): void {
    if (document.uri.toString() !== this.uri.toString()) return;
    this.#document = document;
    this.lines.become(linesOf(document));
    this.#changed.fire();
  }
}

/** Lines of a document, without line ends. */
export function linesOf(document: vscode.TextDocument): readonly string[] {
  return Array.from({ length: document.lineCount }, (_, line) => document.lineAt(line).text);
}
