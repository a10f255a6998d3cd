import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { pathWithin } from '../../shared/code/workspace-path.ts';

/** Files that are offered at most where a path is only the end of theirs. */
const MOST_FILES = 8;

/** Thrown for a path that leads out of the workspace. */
export class OutsideWorkspaceError extends Error {
  readonly path: string;

  constructor(path: string) {
    super(path);
    this.path = path;
  }
}

/**
 * The files of the workspace that a path of an answer may mean: the one that it names, or else those that end like it.
 *
 * @throws OutsideWorkspaceError when it leads out of the workspace, be it by a symbolic link.
 */
export async function filesNamed(path: string): Promise<readonly vscode.Uri[]> {
  const within = pathWithin(path);
  if (within === undefined) throw new OutsideWorkspaceError(path);
  const named: vscode.Uri[] = [];
  for (const uri of urisOf(within)) if (await isFile(uri)) named.push(await contained(uri));
  if (named.length > 0) return named;
  const glob = `**/${within.replaceAll(/[[\]{}*?]/g, (sign) => `[${sign}]`)}`;
  const found = await vscode.workspace.findFiles(glob, undefined, MOST_FILES);
  const inside = await Promise.all(found.map((uri) => isContained(uri)));
  return found.filter((_, at) => inside[at]).toSorted(byDepth);
}

/** What stands higher is likelier meant; then by name. */
function byDepth({ path: one }: vscode.Uri, { path: other }: vscode.Uri): number {
  return one.split('/').length - other.split('/').length || (one < other ? -1 : 1);
}

/**
 * Where a new file of this path stands: in the folder that it names first where there are several, or else in the first one.
 *
 * @throws OutsideWorkspaceError when it leads out of the workspace, be it by a symbolic link.
 */
export async function uriOfNew(path: string): Promise<vscode.Uri> {
  const within = pathWithin(path);
  const [uri] = within === undefined ? [] : urisOf(within);
  if (!uri) throw new OutsideWorkspaceError(path);
  return contained(uri);
}

/** Whether anything stands there, whatever it is. */
export async function isThere(uri: vscode.Uri): Promise<boolean> {
  return (await typeOf(uri)) !== undefined;
}

/** Whether a file belongs to the workspace, also when all links on the way to it are followed. */
export async function isContained(uri: vscode.Uri): Promise<boolean> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (!folder) return false;
  return uri.scheme === 'file' ? isReallyIn(uri, folder.uri) : !(await hasLinks(uri, folder.uri));
}

async function contained(uri: vscode.Uri): Promise<vscode.Uri> {
  if (!(await isContained(uri))) throw new OutsideWorkspaceError(vscode.workspace.asRelativePath(uri));
  return uri;
}

/** Where there are several folders, a path may begin with the name of one: so VS Code shows them. */
function urisOf(within: string): readonly vscode.Uri[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const [first = '', ...rest] = within.split('/');
  const named = folders.length > 1 && rest.length > 0 ? folders.filter(({ name }) => name === first) : [];
  if (named.length > 0) return named.map(({ uri }) => vscode.Uri.joinPath(uri, ...rest));
  return folders.map(({ uri }) => vscode.Uri.joinPath(uri, within));
}

async function isReallyIn(uri: vscode.Uri, folder: vscode.Uri): Promise<boolean> {
  const root = await realpath(folder.fsPath).catch(() => undefined);
  if (root === undefined) return false;
  const way = relative(root, await nearestReal(uri));
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The real path of a file, or of the nearest folder above it that is there. A link that leads nowhere is somewhere else. */
async function nearestReal(uri: vscode.Uri): Promise<string> {
  try {
    return await realpath(uri.fsPath);
  } catch {
    const above = vscode.Uri.joinPath(uri, '..');
    return (await isThere(uri)) || above.path === uri.path ? sep : nearestReal(above);
  }
}

/** Other file systems tell that something is a link, but not where it leads. */
async function hasLinks(uri: vscode.Uri, folder: vscode.Uri): Promise<boolean> {
  for (let one = uri; one.path.length > folder.path.length; one = vscode.Uri.joinPath(one, '..')) {
    const type = await typeOf(one);
    if (type !== undefined && (type & vscode.FileType.SymbolicLink) !== 0) return true;
  }
  return false;
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  const type = await typeOf(uri);
  return type !== undefined && (type & vscode.FileType.File) !== 0;
}

async function typeOf(uri: vscode.Uri): Promise<vscode.FileType | undefined> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type;
  } catch {
    return undefined;
  }
}
