import * as vscode from 'vscode';
import type { Passage } from '../../shared/protocol.ts';
import type { CompletionRules } from './completion-rules.ts';
import { importedNames, signatureAt, type ImportedName } from './imports.ts';

/** Most names that are looked up, and how long all of them may take together, in milliseconds. */
const MOST_NAMES = 12;
const TIME_LIMIT_MS = 800;
/** Names that are used within so many lines of the cursor are looked up first. */
const NEAR_LINES = 40;
/** Most characters of what one file declares. */
const MOST_CHARS = 1_500;

type Definition = vscode.Location | vscode.LocationLink;

/**
 * What the names that a document imports are: their signatures, found by the language's own definition provider, one
 * passage for each file. Empty where there is none, or where it takes too long.
 */
export async function importedSignatures(
  document: vscode.TextDocument,
  cursor: vscode.Position,
  rules: CompletionRules,
): Promise<readonly Passage[]> {
  const names = importedNames(document.lineCount, (line) => document.lineAt(line).text);
  const found = new Map<string, Set<string>>();
  const lookups = nearestFirst(names, document, cursor).map(async ({ line, character }) => {
    const declared = await declarationAt(document, new vscode.Position(line, character), rules);
    if (!declared) return;
    const signatures = found.get(declared.path) ?? new Set<string>();
    found.set(declared.path, signatures.add(declared.text));
  });
  await Promise.race([Promise.allSettled(lookups), new Promise((resolve) => setTimeout(resolve, TIME_LIMIT_MS))]);
  return [...found].map(([path, signatures]) => ({ path, text: [...signatures].toSorted().join('\n').slice(0, MOST_CHARS) }));
}

function nearestFirst(names: readonly ImportedName[], document: vscode.TextDocument, { line }: vscode.Position): readonly ImportedName[] {
  const [first, last] = [Math.max(0, line - NEAR_LINES), Math.min(document.lineCount - 1, line + NEAR_LINES)];
  const near = new Set(document.getText(new vscode.Range(first, 0, last, MOST_CHARS)).match(/[\w$]+/g));
  const [used, others] = [names.filter(({ name }) => near.has(name)), names.filter(({ name }) => !near.has(name))];
  return [...used, ...others].slice(0, MOST_NAMES);
}

async function declarationAt(
  document: vscode.TextDocument,
  position: vscode.Position,
  rules: CompletionRules,
): Promise<Passage | undefined> {
  const definitions = await vscode.commands.executeCommand<Definition[]>('vscode.executeDefinitionProvider', document.uri, position);
  const [definition] = definitions.map(placeOf).filter(({ uri }) => uri.toString() !== document.uri.toString());
  if (!definition) return undefined;
  const other = await vscode.workspace.openTextDocument(definition.uri);
  if (!rules.mayRead(other)) return undefined;
  const text = signatureAt(definition.range.start.line, other.lineCount, (line) => other.lineAt(line).text);
  return { path: vscode.workspace.asRelativePath(definition.uri, false), text };
}

function placeOf(definition: Definition): vscode.Location {
  return 'targetUri' in definition
    ? new vscode.Location(definition.targetUri, definition.targetSelectionRange ?? definition.targetRange)
    : definition;
}
