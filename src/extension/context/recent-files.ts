import * as vscode from 'vscode';

const MOST = 30;

/** The files that somebody has open or has been at since the window came, the newest first. */
export class RecentFiles implements vscode.Disposable {
  readonly #watch: vscode.Disposable;
  #visited: readonly vscode.Uri[] = [];

  constructor() {
    this.#watch = vscode.window.onDidChangeActiveTextEditor((editor) => editor && this.#visit(editor.document.uri));
  }

  get uris(): readonly vscode.Uri[] {
    const active = vscode.window.activeTextEditor?.document.uri;
    const tabs = vscode.window.tabGroups.all.flatMap(({ tabs: all }) => all.flatMap(({ input }) => uriOf(input) ?? []));
    return distinct([...(active ? [active] : []), ...this.#visited, ...tabs]).slice(0, MOST);
  }

  dispose(): void {
    this.#watch.dispose();
  }

  #visit(uri: vscode.Uri): void {
    this.#visited = distinct([uri, ...this.#visited]).slice(0, MOST);
  }
}

function uriOf(input: unknown): vscode.Uri | undefined {
  return input instanceof vscode.TabInputText || input instanceof vscode.TabInputNotebook ? input.uri : undefined;
}

function distinct(uris: readonly vscode.Uri[]): readonly vscode.Uri[] {
  return [...new Map(uris.map((uri) => [uri.toString(), uri])).values()];
}
