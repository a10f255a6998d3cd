import * as vscode from 'vscode';

/** The part that is used here of what VS Code's own Git extension offers (its `api/git.d.ts`, version 1). */
interface GitApi {
  readonly repositories: readonly GitRepository[];
  getRepository(uri: vscode.Uri): GitRepository | null;
}

export interface GitRepository {
  readonly rootUri: vscode.Uri;
  /** Where the message of the next commit is written. */
  readonly inputBox: { value: string };
  /** All changes, or those that are staged, in the unified format. */
  diff(cached?: boolean): Promise<string>;
  /** What has changed in a file since the last commit. */
  diffWithHEAD(path: string): Promise<string>;
  log(options: { readonly maxEntries: number }): Promise<readonly { readonly message: string }[]>;
}

/** `undefined` where Git is not there, is switched off, or no repository is open. */
async function gitApi(): Promise<GitApi | undefined> {
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

/** What is staged, or when nothing is, all changes. */
export async function changesToCommit(repository: GitRepository): Promise<{ readonly diff: string; readonly isStaged: boolean }> {
  const staged = await repository.diff(true);
  return staged.trim() ? { diff: staged, isStaged: true } : { diff: await repository.diff(false), isStaged: false };
}
