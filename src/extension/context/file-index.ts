import * as vscode from 'vscode';
import { RankedPaths, type RankedFile } from './file-ranking.ts';
import { listFiles, pathIn, type FileList } from './file-list.ts';
import type { RecentFiles } from './recent-files.ts';

export interface FoundFile extends RankedFile {
  readonly uri: vscode.Uri;
}

/** The files of the workspace by their paths. They are read in the background when somebody asks, and again when some came or went. */
export class FileIndex implements vscode.Disposable {
  readonly #log: vscode.LogOutputChannel;
  readonly #recent: RecentFiles;
  #watches: readonly vscode.Disposable[] = [];
  #lists: readonly FileList[] = [];
  #uris: ReadonlyMap<string, vscode.Uri> = new Map();
  #paths = RankedPaths.NONE;
  #reading: Promise<void> | undefined;

  constructor(recent: RecentFiles, log: vscode.LogOutputChannel) {
    this.#recent = recent;
    this.#log = log;
  }

  /** Settles when the files of the moment have been read. */
  get settled(): Promise<void> {
    if (this.#watches.length === 0) this.#watches = this.#watch();
    this.#reading ??= this.#read();
    return this.#reading;
  }

  /** The best of what was read last, and of what is open. */
  find(query: string, limit: number): readonly FoundFile[] {
    const open = this.#recent.uris.filter((uri) => vscode.workspace.getWorkspaceFolder(uri));
    const recent = new Map(open.map((uri) => [vscode.workspace.asRelativePath(uri), uri]));
    return this.#paths.rank(query, [...recent.keys()], limit).flatMap((found) => {
      const uri = recent.get(found.path) ?? this.#uris.get(found.path);
      return uri ? [{ ...found, uri }] : [];
    });
  }

  dispose(): void {
    for (const watch of this.#watches) watch.dispose();
  }

  async #read(): Promise<void> {
    const started = performance.now();
    try {
      this.#lists = await Promise.all((vscode.workspace.workspaceFolders ?? []).map(listFiles));
      const uris = this.#lists.flatMap((list) => list.uris.map((uri) => [vscode.workspace.asRelativePath(uri), uri] as const));
      const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
      this.#paths = await RankedPaths.prepare(
        uris.map(([path]) => path),
        pause,
      );
      this.#uris = new Map(uris);
      this.#log.debug(`${uris.length} files were found in ${(performance.now() - started).toFixed(0)} ms`);
    } catch (error) {
      this.#log.warn(`The files of the workspace cannot be listed: ${String(error)}`);
    }
  }

  #watch(): readonly vscode.Disposable[] {
    const files = vscode.workspace.createFileSystemWatcher('**/*', false, true, false);
    const ignoreFiles = vscode.workspace.createFileSystemWatcher('**/.gitignore', true, false, true);
    const readAgain = (): void => (this.#reading = undefined);
    const cameOrWent = (uri: vscode.Uri): void => {
      if (this.#isSought(uri)) readAgain();
    };
    return [
      files,
      ignoreFiles,
      files.onDidCreate(cameOrWent),
      files.onDidDelete(cameOrWent),
      ignoreFiles.onDidChange(readAgain),
      vscode.workspace.onDidChangeWorkspaceFolders(readAgain),
      vscode.workspace.onDidChangeConfiguration((change) => change.affectsConfiguration('files.exclude') && readAgain()),
    ];
  }

  /** Compilers and Git write all the time what nobody looks for. */
  #isSought(uri: vscode.Uri): boolean {
    const list = this.#lists.find(({ folder }) => folder === vscode.workspace.getWorkspaceFolder(uri));
    if (!list) return true;
    const path = pathIn(list.folder, uri);
    return !/(?:^|\/)\.git(?:\/|$)/.test(path) && !list.rules.ignores(path);
  }
}
