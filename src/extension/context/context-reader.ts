import * as vscode from 'vscode';
import { LONGEST_ATTACHMENT, type ContextItem } from '../../shared/context-items.ts';
import { clippedDiff } from '../../shared/diffs.ts';
import { fenced } from '../../shared/fence.ts';
import { selectedInTerminal } from '../commands/terminal-selection.ts';
import { repositoryOf, workingTreeChanges } from '../git/git.ts';
import { readFile, readRange, readText, type Read } from './attachable.ts';
import { documentSymbols, flattened } from './document-symbols.ts';
import { documentProblems } from './editor-passages.ts';

/** Files whose problems are attached at once. */
const MOST_PROBLEM_FILES = 20;

type Symbol = Extract<ContextItem, { kind: 'symbol' }>;

/** Reads what was chosen; several selections are several attachments. */
export async function readItem(item: ContextItem): Promise<readonly Read[]> {
  switch (item.kind) {
    case 'file':
      return [await readFile(vscode.Uri.parse(item.uri, true))];
    case 'symbol':
      return [await readSymbol(item)];
    case 'selection':
      return readSelections();
    case 'problems':
      return [await (item.of === 'file' ? readFileProblems() : readWorkspaceProblems())];
    case 'terminal':
      return [await readTerminal()];
    case 'diff':
      return [await readDiff(item.of === 'staged', undefined)];
  }
}

/**
 * What has changed, or what of it is staged.
 *
 * @param source what a menu of source control gives its commands, if it was one.
 */
export async function readDiff(isStaged: boolean, source: unknown): Promise<Read> {
  const repository = await repositoryOf(source);
  if (!repository) return { refusal: vscode.l10n.t('No Git repository is open.') };
  const diff = isStaged ? await repository.diff(true) : await workingTreeChanges(repository);
  if (diff.trim() === '') {
    return { refusal: isStaged ? vscode.l10n.t('Nothing is staged.') : vscode.l10n.t('There are no changes in the working tree.') };
  }
  const label = isStaged ? vscode.l10n.t('Staged changes') : vscode.l10n.t('Changes');
  return readText('diff', label, `${label}\n${fenced(clippedDiff(diff, LONGEST_ATTACHMENT / 2), 'diff')}`);
}

/** A symbol may have moved since it was found. */
async function readSymbol({ uri, name, line, character, endLine }: Symbol): Promise<Read> {
  const read = await readFile(vscode.Uri.parse(uri, true));
  if ('refusal' in read) return read;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
  const position = document.validatePosition(new vscode.Position(line, character));
  const declared = flattened(await documentSymbols(document))
    .map(({ symbol }) => symbol)
    .findLast((symbol) => symbol.range.contains(position) && symbol.name === name);
  const { start, end } = declared?.range ?? document.validateRange(new vscode.Range(line, 0, endLine, Infinity));
  const whole = new vscode.Range(start.line, 0, end.line, document.lineAt(end.line).text.length);
  const found = readRange(document, whole, 'symbol');
  if ('refusal' in found) return found;
  return { attachment: { ...found.attachment, label: `${name} · ${found.attachment.label}` } };
}

function readSelections(): readonly Read[] {
  const editor = vscode.window.activeTextEditor;
  const selections = (editor?.selections ?? []).filter((selection) => !selection.isEmpty);
  if (!editor || selections.length === 0) {
    return [{ refusal: vscode.l10n.t('Nothing is selected. Select some text in an editor first.') }];
  }
  return selections
    .toSorted((one, other) => one.start.compareTo(other.start))
    .map((selection) => readRange(editor.document, selection, 'selection'));
}

async function readFileProblems(): Promise<Read> {
  const document = vscode.window.activeTextEditor?.document;
  const problems = document && documentProblems(document);
  if (problems === undefined) return { refusal: vscode.l10n.t('There are no problems in the active editor.') };
  const [title = ''] = problems.split('\n', 1);
  const read = readText('problems', title, problems);
  return 'refusal' in read ? read : { attachment: { ...read.attachment, uri: document?.uri.toString() } };
}

/** Those with errors first. */
async function readWorkspaceProblems(): Promise<Read> {
  const files = vscode.languages
    .getDiagnostics()
    .filter(([, diagnostics]) => diagnostics.some(({ severity }) => severity !== vscode.DiagnosticSeverity.Hint))
    .map(([uri, diagnostics]) => ({ uri, worst: Math.min(...diagnostics.map(({ severity }) => severity)) }))
    .toSorted((one, other) => one.worst - other.worst);
  const passages = await Promise.all(files.slice(0, MOST_PROBLEM_FILES).map(({ uri }) => problemsOf(uri)));
  const found = passages.filter((passage) => passage !== undefined);
  if (found.length === 0) return { refusal: vscode.l10n.t('There are no problems in the workspace.') };
  return readText('problems', vscode.l10n.t('Problems in {files} files', { files: found.length }), found.join('\n\n'));
}

async function problemsOf(uri: vscode.Uri): Promise<string | undefined> {
  try {
    return documentProblems(await vscode.workspace.openTextDocument(uri));
  } catch {
    return undefined;
  }
}

async function readTerminal(): Promise<Read> {
  const output = await selectedInTerminal();
  if (output.trim() === '') return { refusal: vscode.l10n.t('Nothing is selected in the terminal. Select the output that matters first.') };
  const lines = output.trimEnd().split('\n').length;
  const label = lines === 1 ? vscode.l10n.t('Terminal, 1 line') : vscode.l10n.t('Terminal, {lines} lines', { lines });
  return readText('terminal', label, `${label}\n${fenced(output, '')}`);
}
