import * as vscode from 'vscode';
import { pathMentions, type CodeInAnswer } from '../../shared/code/path-mentions.ts';
import { pathWithin } from '../../shared/code/workspace-path.ts';
import type { Turn } from '../../shared/protocol/turn.ts';
import { filesNamed, isContained } from './workspace-files.ts';

/** The files that some code may be meant for. */
export interface TargetFiles {
  /** The likeliest first. */
  readonly files: readonly vscode.Uri[];
  /** The path that an answer names without doubt, of which there is no file. */
  readonly missing: string | undefined;
}

/**
 * The files that an answer names for some code; where it names none, the one that was attached to its message, then the one
 * that somebody works in.
 *
 * @throws OutsideWorkspaceError when all that it names lies outside the workspace.
 */
export async function targetFiles(code: CodeInAnswer, turn: Turn | undefined, editor: vscode.TextEditor | undefined): Promise<TargetFiles> {
  // Without a folder no path leads anywhere.
  const mentions = vscode.workspace.workspaceFolders?.length ? pathMentions(code) : [];
  const inside = mentions.filter(({ path }) => pathWithin(path) !== undefined);
  // Nothing else is meant by it: what leads outside is refused, and does not go into another file.
  const looked = inside.length > 0 ? inside : mentions.filter(({ isSure }) => isSure);
  const named = (await Promise.all(looked.map(({ path }) => filesNamed(path)))).flat();
  const missing = looked.find(({ isSure }) => isSure)?.path;
  if (named.length > 0 || missing !== undefined) return { files: distinct(named), missing: named.length > 0 ? undefined : missing };
  const attached = await attachedFile(turn);
  return { files: distinct([attached, editor?.document.uri].filter((uri) => uri !== undefined)), missing: undefined };
}

/** The path that an answer names for some code; `undefined` when it names none without doubt. */
export function namedPath(code: CodeInAnswer): string | undefined {
  const mentions = pathMentions(code);
  return (mentions.find(({ isSure }) => isSure) ?? mentions[0])?.path;
}

async function attachedFile(turn: Turn | undefined): Promise<vscode.Uri | undefined> {
  const attached = new Set((turn?.attachments ?? []).map(({ uri }) => uri).filter((uri) => uri !== undefined));
  const [only] = attached;
  if (only === undefined || attached.size > 1) return undefined;
  const uri = vscode.Uri.parse(only).with({ fragment: '', query: '' });
  return (await isContained(uri)) ? uri : undefined;
}

function distinct(uris: readonly vscode.Uri[]): readonly vscode.Uri[] {
  return [...new Map(uris.map((uri) => [uri.toString(), uri])).values()];
}
