import * as vscode from 'vscode';
import { EndlessError } from '../../shared/errors.ts';
import type { Passage } from '../../shared/protocol.ts';
import { SETTINGS_SECTION } from '../../shared/settings.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import { COMPLETED_DOCUMENTS, type CompletionRules } from './completion-rules.ts';
import { importedSignatures } from './definitions.ts';
import { PassageRing } from './passage-ring.ts';
import { SimilarPassages, type Neighbour } from './similar-passages.ts';

/** Lines around a place that make a passage, and the most characters of them. */
const LINES_ABOVE = 10;
const LINES_BELOW = 20;
const MOST_CHARS = 2_000;

/** Lines above and below the cursor that other documents are compared with, and the most documents. */
const COMPARED_LINES = 15;
const MOST_NEIGHBOURS = 10;

/** An edit so many lines from the one before is at another place. */
const FAR = 40;

/** Nobody waits for passages; what happens within this time is told at once, in milliseconds. */
const CALM_MS = 1_500;

export interface CollectorSources {
  readonly engine: EngineClient;
  readonly rules: CompletionRules;
  readonly log: vscode.LogOutputChannel;
}

/**
 * Notices where somebody works: what was edited, visited, copied and saved lately is shown to the model beside the text at
 * the cursor. Nothing is read of documents without completions.
 */
export class PassageCollector implements vscode.Disposable, vscode.DocumentPasteEditProvider {
  readonly #sources: CollectorSources;
  readonly #ring = new PassageRing();
  readonly #similar = new SimilarPassages();
  readonly #watch: vscode.Disposable;
  #editor = vscode.window.activeTextEditor;
  #edited: { readonly document: vscode.TextDocument; readonly line: number } | undefined;
  #told = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(sources: CollectorSources) {
    this.#sources = sources;
    // Another engine knows nothing of what the one before was told.
    sources.engine.onConnection(async () => {
      this.#told = '';
    });
    this.#watch = vscode.Disposable.from(
      vscode.window.onDidChangeActiveTextEditor((editor) => this.#visit(editor)),
      vscode.workspace.onDidChangeTextDocument((change) => this.#edit(change)),
      vscode.workspace.onDidSaveTextDocument((document) => this.#saved(document)),
      // What was read while it might be may be a secret now.
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(SETTINGS_SECTION)) this.#ring.clear();
      }),
      vscode.languages.registerDocumentPasteEditProvider(COMPLETED_DOCUMENTS, this, {
        providedPasteEditKinds: [],
        copyMimeTypes: ['text/plain'],
      }),
    );
  }

  /** Called when something is copied; nothing is added to it. */
  prepareDocumentPaste(document: vscode.TextDocument, ranges: readonly vscode.Range[]): void {
    for (const { start } of ranges) this.#note(document, start.line);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#watch.dispose();
  }

  /** What was left is noted, not what is looked at now: that the model sees anyway. */
  #visit(editor: vscode.TextEditor | undefined): void {
    const left = this.#editor;
    if (left && left !== editor) this.#note(left.document, left.selection.active.line);
    if (editor) this.#editor = editor;
    this.#tellLater();
  }

  #edit({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const line = contentChanges[0]?.range.start.line;
    if (line === undefined) return;
    const before = this.#edited;
    this.#edited = { document, line };
    if (before && (before.document !== document || Math.abs(before.line - line) > FAR)) this.#note(before.document, before.line);
  }

  #saved(document: vscode.TextDocument): void {
    const editor = vscode.window.visibleTextEditors.find((visible) => visible.document === document);
    if (editor) this.#note(document, editor.selection.active.line);
  }

  #note(document: vscode.TextDocument, line: number): void {
    if (document.isClosed || this.#sources.rules.refusal(document)) return;
    const first = Math.max(0, line - LINES_ABOVE);
    const last = Math.min(document.lineCount - 1, line + LINES_BELOW);
    const text = document.getText(new vscode.Range(first, 0, last, MOST_CHARS)).slice(0, MOST_CHARS);
    if (this.#ring.add({ path: pathOf(document), text })) this.#tellLater();
  }

  #tellLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#tell(), CALM_MS);
  }

  /** Of the file at hand the model sees what is around the cursor. What is imported comes last, as what is of most use. */
  async #passages(): Promise<Passage[]> {
    const editor = this.#editor;
    if (!editor || editor.document.isClosed || this.#sources.rules.refusal(editor.document)) return [];
    const { document, selection } = editor;
    const imported = await importedSignatures(document, selection.active, this.#sources.rules);
    const worked = this.#ring.passages.filter(({ path }) => path !== pathOf(document));
    const known = new Set([...worked, ...imported].map(({ path }) => path));
    const similar = this.#similar.find(textAround(document, selection.active), this.#neighboursOf(document));
    return [...worked, ...similar.filter(({ path }) => !known.has(path)), ...imported];
  }

  /** The other documents in tabs that are in the same language. */
  #neighboursOf(document: vscode.TextDocument): readonly Neighbour<vscode.TextDocument>[] {
    const tabs = new Set(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(uriOf)));
    return vscode.workspace.textDocuments
      .filter((other) => other !== document && tabs.has(other.uri.toString()))
      .filter((other) => other.languageId === document.languageId && !this.#sources.rules.refusal(other))
      .slice(-MOST_NEIGHBOURS)
      .map((other) => ({ path: pathOf(other), document: other }));
  }

  async #tell(): Promise<void> {
    const { engine, log } = this.#sources;
    // An engine that is not needed yet is not started for this.
    if (engine.state.kind !== 'ready') return;
    try {
      const passages = await this.#passages();
      const telling = JSON.stringify(passages);
      if (telling === this.#told) return;
      await engine.request('passages', { passages });
      this.#told = telling;
    } catch (error) {
      log.debug(`Passages could not be told: ${EndlessError.from(error).message}`);
    }
  }
}

function uriOf({ input }: vscode.Tab): string | undefined {
  return input instanceof vscode.TabInputText ? input.uri.toString() : undefined;
}

function textAround(document: vscode.TextDocument, { line }: vscode.Position): string {
  return document.getText(new vscode.Range(Math.max(0, line - COMPARED_LINES), 0, line + COMPARED_LINES, MOST_CHARS)).slice(0, MOST_CHARS);
}

function pathOf(document: vscode.TextDocument): string {
  return vscode.workspace.asRelativePath(document.uri, false);
}
