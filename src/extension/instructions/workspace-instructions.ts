import * as vscode from 'vscode';
import { cutText } from '../../shared/cut-text.ts';
import { fenced } from '../../shared/fence.ts';
import type { Configuration } from '../configuration.ts';
import type { Prompts } from '../prompts/prompts.ts';

/** Where a folder of the workspace keeps what it tells assistants. */
const PATHS = ['AGENTS.md', '.github/copilot-instructions.md'];
/** A folder that comes or goes with a file in it is all that is heard of the file. */
const WATCHED = `{${[...PATHS, '.github'].join(',')}}`;

/** Part of what the model has before it that instructions may take, and UTF-16 units of a token of them. */
const MOST = 1 / 4;
const CHARS_PER_TOKEN = 3;

export interface InstructionFile {
  readonly uri: vscode.Uri;
  /** As the model knows it. */
  readonly path: string;
  readonly text: string;
  readonly isCut: boolean;
}

/** Why instructions are not read. */
export type Obstacle = 'untrusted' | 'off';

export interface InstructionSources {
  readonly configuration: Configuration;
  readonly prompts: Prompts;
  readonly log: vscode.LogOutputChannel;
}

/** What the workspace tells assistants, as it is now. In a workspace that is not trusted nothing is read. */
export class WorkspaceInstructions implements vscode.Disposable {
  readonly #sources: InstructionSources;
  readonly #watch: vscode.Disposable;
  #watchers: readonly vscode.Disposable[] = [];
  #files: readonly InstructionFile[] = [];
  #text = '';
  #reading = Promise.resolve();

  constructor(sources: InstructionSources) {
    this.#sources = sources;
    this.#watch = vscode.Disposable.from(
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#readAgain()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#watchFolders()),
      sources.configuration.onDidChangeInstructions(() => this.#readAgain()),
    );
    this.#watchFolders();
  }

  /** The message that tells the model all of them; empty when there are none, or they are not used. */
  get text(): string {
    return this.#text;
  }

  /** Those that are used, in the order of the folders. */
  get files(): readonly InstructionFile[] {
    return this.#files;
  }

  /** Settles when what has changed until now has been read. */
  get settled(): Promise<void> {
    return this.#reading;
  }

  get obstacle(): Obstacle | undefined {
    if (!vscode.workspace.isTrusted) return 'untrusted';
    return this.#sources.configuration.showsInstructions ? undefined : 'off';
  }

  dispose(): void {
    this.#watch.dispose();
    vscode.Disposable.from(...this.#watchers).dispose();
  }

  #watchFolders(): void {
    vscode.Disposable.from(...this.#watchers).dispose();
    this.#watchers = folders().flatMap((folder) => this.#watchFiles(folder));
    this.#readAgain();
  }

  #watchFiles(folder: vscode.WorkspaceFolder): readonly vscode.Disposable[] {
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, WATCHED));
    const again = (): void => this.#readAgain();
    return [watcher, watcher.onDidCreate(again), watcher.onDidChange(again), watcher.onDidDelete(again)];
  }

  /** One reading after the other: the last one is that of the newest files. */
  #readAgain(): void {
    this.#reading = this.#reading
      .then(() => this.#read())
      .catch((error: unknown) => this.#sources.log.error(`The instructions of the workspace cannot be used: ${String(error)}`));
  }

  async #read(): Promise<void> {
    const uris = this.obstacle ? [] : folders().flatMap(({ uri }) => PATHS.map((path) => vscode.Uri.joinPath(uri, path)));
    const read = (await Promise.all(uris.map((uri) => this.#readFile(uri)))).filter((file) => file !== undefined);
    const files = read.map(({ text, ...file }): InstructionFile => ({
      ...file,
      ...cutText(text, Math.floor(this.#longest / read.length)),
    }));
    const text = this.#render(files);
    if (text !== this.#text) this.#logFiles(files);
    [this.#files, this.#text] = [files, text];
  }

  /** UTF-16 units that the model is told of all files together, in whichever context. */
  get #longest(): number {
    const { engineSettings, requestWindow } = this.#sources.configuration;
    return Math.min(engineSettings.window, requestWindow) * MOST * CHARS_PER_TOKEN;
  }

  #render(files: readonly InstructionFile[]): string {
    if (files.length === 0) return '';
    const values = files.map(({ path, text, isCut }) => ({ path, passage: fenced(text, 'markdown'), isCut }));
    return this.#sources.prompts.render('instructions', { files: values });
  }

  /** @returns nothing when the file is not there, or has nothing in it. */
  async #readFile(uri: vscode.Uri): Promise<Omit<InstructionFile, 'isCut'> | undefined> {
    const path = vscode.workspace.asRelativePath(uri);
    try {
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
      return text.trim() === '' ? undefined : { uri, path, text };
    } catch (error) {
      const isMissing = error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
      if (!isMissing) this.#sources.log.warn(`The instructions in ${path} cannot be read: ${String(error)}`);
      return undefined;
    }
  }

  #logFiles(files: readonly InstructionFile[]): void {
    if (files.length === 0) this.#sources.log.info('The model is told no instructions of the workspace any more');
    for (const { path, text, isCut } of files) {
      if (isCut) this.#sources.log.warn(`The instructions in ${path} are too long: the model is told the first ${text.length} characters`);
      else this.#sources.log.info(`The model is told the instructions in ${path}: ${text.length} characters`);
    }
  }
}

/** In the same order in every window on them, since they have one conversation. */
function folders(): readonly vscode.WorkspaceFolder[] {
  const inOrder = (vscode.workspace.workspaceFolders ?? []).map((folder) => ({ folder, uri: folder.uri.toString() }));
  return inOrder.toSorted((one, other) => (one.uri < other.uri ? -1 : 1)).map(({ folder }) => folder);
}
