import * as vscode from 'vscode';
import { newFileDiff } from '../../shared/diffs.ts';

/** The part that is used here of what VS Code's own Git extension offers (its `api/git.d.ts`, version 1). */
interface GitApi {
  readonly repositories: readonly GitRepository[];
  getRepository(uri: vscode.Uri): GitRepository | null;
}

export interface GitRepository {
  readonly rootUri: vscode.Uri;
  /** Where the message of the next commit is written. */
  readonly inputBox: { value: string };
  readonly state: { readonly workingTreeChanges: readonly { readonly uri: vscode.Uri; readonly status: number }[] };
  /** All changes, or those that are staged, in the unified format. */
  diff(cached?: boolean): Promise<string>;
  /** What has changed in a file since the last commit. */
  diffWithHEAD(path: string): Promise<string>;
  log(options: { readonly maxEntries: number }): Promise<readonly { readonly message: string }[]>;
}

/** The status of a file that Git does not know yet. */
const UNTRACKED = 7;
/** New files that are read, and how long one may be in bytes; a prompt has room for less. */
const MOST_NEW_FILES = 50;
const LONGEST_NEW_FILE = 256 * 1024;

/** `undefined` where Git is not there, is switched off, or no repository is open. */
export async function gitApi(): Promise<GitApi | undefined> {
  const extension = vscode.extensions.getExtension<{ readonly enabled: boolean; getAPI(version: 1): GitApi }>('vscode.git');
  const git = await extension?.activate();
  return git?.enabled ? git.getAPI(1) : undefined;
}

/**
 * The repository that is meant: the one a menu names, or the one of the active editor, or else the first.
 *
 * @param source what a menu of source control gives its commands, if it was one.
 */
export async function repositoryOf(source: unknown): Promise<GitRepository | undefined> {
  const git = await gitApi();
  if (!git) return undefined;
  const root = rootOf(source) ?? vscode.window.activeTextEditor?.document.uri;
  return (root && git.getRepository(root)) ?? git.repositories[0];
}

function rootOf(source: unknown): vscode.Uri | undefined {
  const root = typeof source === 'object' && source !== null && 'rootUri' in source ? source.rootUri : undefined;
  return root instanceof vscode.Uri ? root : undefined;
}

/** What is staged, or when nothing is, all changes, with the files that are new. */
export async function changesToCommit(repository: GitRepository): Promise<{ readonly diff: string; readonly isStaged: boolean }> {
  const staged = await repository.diff(true);
  if (staged.trim()) return { diff: staged, isStaged: true };
  return { diff: await workingTreeChanges(repository), isStaged: false };
}

/** What is not staged, with the files that are new. */
export async function workingTreeChanges(repository: GitRepository): Promise<string> {
  return (await repository.diff(false)) + (await newFiles(repository));
}

async function newFiles({ rootUri, state }: GitRepository): Promise<string> {
  const files = state.workingTreeChanges.filter(({ status }) => status === UNTRACKED).slice(0, MOST_NEW_FILES);
  const diffs = await Promise.all(
    files.map(async ({ uri }) => newFileDiff(uri.path.slice(rootUri.path.length).replace(/^\//, ''), await textOf(uri))),
  );
  return diffs.join('');
}

/** `undefined` for what is no text, is too long, or cannot be read. */
async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > LONGEST_NEW_FILE) return undefined;
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await vscode.workspace.fs.readFile(uri));
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
