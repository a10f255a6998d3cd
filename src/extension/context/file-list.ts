import * as vscode from 'vscode';
import { IgnoreRules, type IgnoreFile } from './ignore-rules.ts';

/** A workspace of more files is found in part. */
const MOST_FILES = 200_000;

/** Files of a workspace folder that are worth to be found, and what says so. */
export interface FileList {
  readonly folder: vscode.WorkspaceFolder;
  readonly uris: readonly vscode.Uri[];
  readonly rules: IgnoreRules;
}

/**
 * Lists what is neither in `files.exclude` nor ignored by Git. VS Code itself knows of the former only, unless a setting says
 * otherwise. What the root ignores, often more than all the rest, is not even looked into.
 */
export async function listFiles(folder: vscode.WorkspaceFolder): Promise<FileList> {
  const root = await ignoreFiles(folder, [vscode.Uri.joinPath(folder.uri, '.gitignore')]);
  const exclude = await ignoredFolders(folder.uri, new IgnoreRules(root));
  const find = (pattern: string, most?: number): Thenable<readonly vscode.Uri[]> =>
    vscode.workspace.findFiles(new vscode.RelativePattern(folder, pattern), exclude, most);
  const [ignoreUris, uris] = await Promise.all([find('*/**/.gitignore'), find('**/*', MOST_FILES)]);
  const rules = new IgnoreRules([...root, ...(await ignoreFiles(folder, ignoreUris))]);
  return { folder, uris: uris.filter((uri) => !rules.ignores(pathIn(folder, uri))), rules };
}

/** Where a file is within its folder, with slashes. */
export function pathIn(folder: vscode.WorkspaceFolder, uri: vscode.Uri): string {
  return uri.path.slice(folder.uri.path.length).replace(/^\//, '');
}

async function ignoreFiles(folder: vscode.WorkspaceFolder, uris: readonly vscode.Uri[]): Promise<readonly IgnoreFile[]> {
  const files = await Promise.all(
    uris.map(async (uri): Promise<readonly IgnoreFile[]> => {
      try {
        const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
        return [{ folder: pathIn(folder, uri).slice(0, -'.gitignore'.length), text }];
      } catch {
        return [];
      }
    }),
  );
  return files.flat();
}

/** A pattern for the folders at the root that are ignored, and those of the same name below where these are ignored, too. */
async function ignoredFolders(root: vscode.Uri, rules: IgnoreRules): Promise<string> {
  const entries = await Promise.resolve(vscode.workspace.fs.readDirectory(root)).catch(() => []);
  const patterns = entries
    .filter(([name, type]) => type === vscode.FileType.Directory && !/[[\]{}*?,!]/.test(name) && rules.ignores(`${name}/`))
    .map(([name]) => (rules.ignores(`any/${name}/`) ? `**/${name}/**` : `${name}/**`));
  return patterns.length > 1 ? `{${patterns.join(',')}}` : (patterns[0] ?? '');
}
