import * as vscode from 'vscode';
import { EndlessError } from '../../shared/errors.ts';
import type { Passage } from '../../shared/protocol/completion.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import { COMPLETED_DOCUMENTS, type CompletionRules } from './completion-rules.ts';
import { ImportedSignatures } from './definitions.ts';
import { pathOf } from './document-path.ts';
import { linesAround } from '../../shared/completion/lines-around.ts';
import { CALM_MS, WorkedPlaces, type WorkedPlace } from '../../shared/completion/worked-places.ts';
import { SimilarPassages, type Neighbour } from './similar-passages.ts';

/** Lines above and below the cursor that other documents are compared with, and the most documents. */
const COMPARED_LINES = 15;
const COMPARED_CHARS = 2_000;
const MOST_NEIGHBOURS = 10;

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
  readonly #worked = new WorkedPlaces<vscode.TextDocument>();
  readonly #similar = new SimilarPassages();
  /** What was found last, and where the cursor stood. */
  #resembling: { readonly at: WorkedPlace<vscode.TextDocument>; readonly passages: readonly Passage[] } | undefined;
  readonly #imported: ImportedSignatures;
  readonly #watch: vscode.Disposable;
  #editor = vscode.window.activeTextEditor;
  #told = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(sources: CollectorSources) {
    this.#sources = sources;
    this.#imported = new ImportedSignatures(sources.rules);
    // Another engine knows nothing of what the one before was told.
    sources.engine.onConnection(async () => {
      this.#told = '';
      this.#tellLater();
    });
    this.#watch = vscode.Disposable.from(
      vscode.window.onDidChangeActiveTextEditor((editor) => this.#visit(editor)),
      vscode.workspace.onDidChangeTextDocument((change) => this.#edit(change)),
      vscode.workspace.onDidSaveTextDocument((document) => this.#saved(document)),
      sources.rules.onDidChangeReading(() => this.#forget()),
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
    if (line === undefined || this.#sources.rules.refusal(document)) return;
    this.#tellLater();
    const left = this.#worked.edit({ document, line });
    if (left) this.#note(left.document, left.line);
  }

  #saved(document: vscode.TextDocument): void {
    this.#imported.forget();
    const editor = vscode.window.visibleTextEditors.find((visible) => visible.document === document);
    if (editor) this.#note(document, editor.selection.active.line);
  }

  #note(document: vscode.TextDocument, line: number): void {
    if (document.isClosed || this.#sources.rules.refusal(document)) return;
    if (this.#worked.note({ document, line }, pathOf(document))) this.#tellLater();
  }

  /** What was read while it might be may be a secret now, so the engine is told at once. */
  #forget(): void {
    this.#worked.clear();
    this.#resembling = undefined;
    this.#imported.forget();
    void this.#tell();
  }

  #tellLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#tell(), CALM_MS);
  }

  /** What is imported comes last, as what is of most use. */
  async #passages(): Promise<Passage[]> {
    const editor = this.#editor;
    if (!editor || editor.document.isClosed || this.#sources.rules.refusal(editor.document)) return [];
    const { document, selection } = editor;
    const { line } = selection.active;
    const imported = await this.#imported.find(document, selection.active);
    const worked = this.#worked.passagesFor({ document, line });
    const known = new Set([...worked, ...imported].map(({ path }) => path));
    return [...worked, ...this.#similarTo({ document, line }).filter(({ path }) => !known.has(path)), ...imported];
  }

  /** What has been read stays for as long as the cursor is near: other passages would have to be read anew. */
  #similarTo(place: WorkedPlace<vscode.TextDocument>): readonly Passage[] {
    const { document, line } = place;
    const { at, passages } = this.#resembling ?? {};
    if (passages && at?.document === document && Math.abs(at.line - line) <= COMPARED_LINES) return passages;
    const around = linesAround(document, line, COMPARED_LINES, COMPARED_LINES, COMPARED_CHARS);
    const found = this.#similar.find(around, this.#neighboursOf(document));
    this.#resembling = { at: place, passages: found };
    return found;
  }

  /** The other documents in tabs that are in the same language; for a cell of a notebook, the other cells. */
  #neighboursOf(document: vscode.TextDocument): readonly Neighbour<vscode.TextDocument>[] {
    const tabs = new Set(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(uriOf)));
    const cells = vscode.workspace.notebookDocuments
      .map((notebook) => notebook.getCells().map((cell) => cell.document))
      .filter((documents) => documents.includes(document))
      .flat();
    return [...vscode.workspace.textDocuments.filter(({ uri }) => tabs.has(uri.toString())), ...cells]
      .filter((other) => other !== document && other.languageId === document.languageId && !this.#sources.rules.refusal(other))
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
