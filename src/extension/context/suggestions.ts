import { go } from 'fuzzysort';
import * as vscode from 'vscode';
import type { ContextItem, Suggestion } from '../../shared/context-items.ts';
import { gitApi } from '../git/git.ts';
import { documentSymbols, flattened } from './document-symbols.ts';
import { FileIndex } from './file-index.ts';
import { onOneLine } from './one-line.ts';
import type { RecentFiles } from './recent-files.ts';
import { SymbolSearch } from './symbol-search.ts';

/** Of each kind; whoever does not find it among these types on. */
const MOST_FILES = 20;
const MOST_SYMBOLS = 12;
/** While nothing is typed yet. */
const FIRST_FILES = 8;
const FIRST_SYMBOLS = 5;

/** Worse likeness is none. */
const THRESHOLD = 0.3;

export type Tell = (key: number, suggestions: readonly Suggestion[], isComplete: boolean) => void;

/**
 * Says what can be attached. Files are told at once, and symbols, which languages may have to look for, when they are known. Of
 * several queries the newest is what counts; symbols are looked for one query at a time.
 */
export class Suggestions implements vscode.Disposable {
  readonly #files: FileIndex;
  readonly #tell: Tell;
  /** An object of its own for each query: the keys of a page that was made anew begin anew. */
  #newest: object | undefined;
  readonly #symbols = new SymbolSearch(symbolsOf);

  constructor(recent: RecentFiles, log: vscode.LogOutputChannel, tell: Tell) {
    this.#files = new FileIndex(recent, log);
    this.#tell = tell;
  }

  dispose(): void {
    this.#files.dispose();
  }

  async ask(key: number, query: string): Promise<void> {
    const asked = {};
    this.#newest = asked;
    const places = alike(query, await placesOf(), MOST_FILES);
    let symbols: readonly Suggestion[] = [];
    const tell = (isComplete: boolean): void => {
      if (this.#newest !== asked) return;
      const files = this.#files.find(query, query === '' ? FIRST_FILES : MOST_FILES).map(({ path, uri, matches }) => {
        const item: ContextItem = { kind: 'file', uri: uri.toString() };
        return { item, label: onOneLine(path), detail: '', matches: [...matches] };
      });
      this.#tell(key, [...places, ...files, ...symbols], isComplete);
    };
    tell(false);
    await Promise.all([this.#files.settled.then(() => tell(false)), this.#symbols.ask(query).then((found) => (symbols = found))]);
    tell(true);
  }
}

/** What is there at the moment that is no file. */
async function placesOf(): Promise<readonly Suggestion[]> {
  const { activeTextEditor: editor, activeTerminal: terminal } = vscode.window;
  const places: Suggestion[] = [];
  const offer = (item: ContextItem, label: string, detail = ''): void => void places.push({ item, label, detail, matches: [] });
  if (editor && !editor.selection.isEmpty) {
    const { start, end } = editor.selection;
    const path = onOneLine(vscode.workspace.asRelativePath(editor.document.uri));
    offer({ kind: 'selection' }, vscode.l10n.t('Selection'), `${path}:${start.line + 1}-${end.line + 1}`);
  }
  if (editor) offer({ kind: 'problems', of: 'file' }, vscode.l10n.t('Problems in this file'));
  offer({ kind: 'problems', of: 'workspace' }, vscode.l10n.t('Problems in the workspace'));
  if (terminal) offer({ kind: 'terminal' }, vscode.l10n.t('Terminal selection'), onOneLine(terminal.name));
  if ((await gitApi())?.repositories[0]) {
    offer({ kind: 'diff', of: 'workingTree' }, vscode.l10n.t('Changes in the working tree'));
    offer({ kind: 'diff', of: 'staged' }, vscode.l10n.t('Staged changes'));
  }
  return places;
}

/** Symbols of the active editor, and with a query those of the workspace. */
async function symbolsOf(query: string): Promise<readonly Suggestion[]> {
  const editor = vscode.window.activeTextEditor;
  const own = editor
    ? flattened(await documentSymbols(editor.document)).map(({ symbol }) => symbolSuggestion(editor.document.uri, symbol))
    : [];
  if (query === '') return own.slice(0, FIRST_SYMBOLS);
  const found: unknown = await vscode.commands.executeCommand('vscode.executeWorkspaceSymbolProvider', query);
  const others = Array.isArray(found) ? found.filter((symbol) => isSymbolInformation(symbol)) : [];
  const all = [...own, ...others.map(({ location, name }) => symbolSuggestion(location.uri, { name, range: location.range }))];
  const distinct = new Map(all.map((suggestion) => [`${suggestion.label}\n${suggestion.detail}`, suggestion]));
  return alike(query, [...distinct.values()], MOST_SYMBOLS);
}

function symbolSuggestion(uri: vscode.Uri, { name, range }: Pick<vscode.DocumentSymbol, 'name' | 'range'>): Suggestion {
  const { start, end } = range;
  return {
    item: { kind: 'symbol', uri: uri.toString(), name, line: start.line, character: start.character, endLine: end.line },
    label: onOneLine(name),
    detail: `${onOneLine(vscode.workspace.asRelativePath(uri))}:${start.line + 1}`,
    matches: [],
  };
}

function isSymbolInformation(symbol: unknown): symbol is vscode.SymbolInformation {
  return typeof symbol === 'object' && symbol !== null && 'location' in symbol && symbol.location instanceof vscode.Location;
}

/** Those that resemble the query, the best first; without one all of them. */
function alike(query: string, suggestions: readonly Suggestion[], limit: number): readonly Suggestion[] {
  if (query === '') return suggestions;
  return go(query, suggestions, { key: 'label', limit, threshold: THRESHOLD }).map(({ obj, indexes }) => ({
    ...obj,
    matches: [...indexes],
  }));
}
