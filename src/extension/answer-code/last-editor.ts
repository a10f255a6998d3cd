import * as vscode from 'vscode';

/** Schemes of what looks like an editor, but that nobody writes into. */
const SHOWN_ONLY: ReadonlySet<string> = new Set(['output', 'endless-proposed', 'git', 'comment', 'vscode-terminal']);

/** Knows which text editor somebody has worked in last, also while another part of the window has the focus. */
export class LastEditor implements vscode.Disposable {
  #last: vscode.TextEditor | undefined;
  readonly #watch: vscode.Disposable;

  constructor() {
    this.#remember(vscode.window.activeTextEditor);
    this.#watch = vscode.window.onDidChangeActiveTextEditor((editor) => this.#remember(editor));
  }

  /** Nothing when none is open any more. */
  get editor(): vscode.TextEditor | undefined {
    return this.#last && vscode.window.visibleTextEditors.includes(this.#last) ? this.#last : undefined;
  }

  dispose(): void {
    this.#watch.dispose();
  }

  #remember(editor: vscode.TextEditor | undefined): void {
    if (editor && !SHOWN_ONLY.has(editor.document.uri.scheme)) this.#last = editor;
  }
}
