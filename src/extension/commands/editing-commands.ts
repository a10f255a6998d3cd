import * as vscode from 'vscode';
import type { LineRange } from '../../shared/edits/locate.ts';
import { activeEditor } from '../context/active-editor.ts';
import { linesAround, meantCode, wholeLines } from '../context/meant-code.ts';
import { problemAt, problemsIn, promptProblem } from '../context/problem-at.ts';
import type { Commands } from './commands.ts';
import type { ProposalTargets, Wish } from './propose-edit.ts';
import { suggestNames } from './rename-command.ts';
import { withWords, wordsIn } from './words.ts';

export type EditingTargets = ProposalTargets;

/** What changes code, or writes some. The conversation is known while it is done, and the same afterwards. */
export function editingCommands(targets: EditingTargets): Commands {
  return {
    'endless.edit': () => withWish(targets, editWish()),
    'endless.fix': (uri, diagnostic) => withWish(targets, fixWish(targets, uri, diagnostic)),
    'endless.document': (given) => withWish(targets, documentWish(targets, wordsIn(given))),
    'endless.tests': async (given) => (await import('./tests-command.ts')).writeTests(targets, wordsIn(given)),
    'endless.rename': () => suggestNames(targets),
  };
}

async function withWish(targets: EditingTargets, wish: Promise<Wish | undefined>): Promise<void> {
  const wished = await wish;
  if (!wished) return;
  const { proposeEdit } = await import('./propose-edit.ts');
  await proposeEdit(targets, wished);
}

/** What is selected, or the whole file when nothing is, and what the user wants of it. */
async function editWish(): Promise<Wish | undefined> {
  const editor = activeEditor();
  if (!editor) return undefined;
  const { document, selection } = editor;
  const range = selection.isEmpty ? undefined : lineRangeOf(wholeLines(document, selection));
  const instruction = await vscode.window.showInputBox({
    title: vscode.l10n.t('Edit with Endless'),
    prompt: range ? vscode.l10n.t('What to change in the selected lines') : vscode.l10n.t('What to change in this file'),
    placeHolder: vscode.l10n.t('For example: handle the empty list'),
  });
  if (!instruction?.trim()) return undefined;
  return { command: 'edit', title: vscode.l10n.t('Edit'), document, range, instruction: instruction.trim() };
}

/** The problem of a code action, or those that are selected, or the one at the cursor; or else what the user has written to be wrong. */
async function fixWish({ prompts }: EditingTargets, uri: unknown, given: unknown): Promise<Wish | undefined> {
  const words = wordsIn(uri);
  const found = await problemAt(uri, given);
  const editor = vscode.window.activeTextEditor;
  if (!found && editor && words !== '') {
    const range = lineRangeOf(await meantCode(editor));
    return { command: 'fix', title: vscode.l10n.t('Fix'), document: editor.document, range, instruction: words };
  }
  if (!found) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t('There is no problem at the cursor. To change code that no tool complains of, use “Endless: Edit…”.'),
    );
    return undefined;
  }
  const { document, diagnostic } = found;
  const isSelected = editor?.document === document && !editor.selection.isEmpty && given === undefined;
  const range = isSelected ? wholeLines(document, editor.selection) : await around(document, diagnostic);
  const problems = isSelected ? problemsIn(document, range) : [diagnostic];
  const instruction = withWords(prompts.render('fix', { problems: problems.map(promptProblem) }), words);
  return { command: 'fix', title: vscode.l10n.t('Fix'), document, range: lineRangeOf(range), instruction };
}

async function documentWish({ prompts }: EditingTargets, words: string): Promise<Wish | undefined> {
  const editor = activeEditor();
  if (!editor) return undefined;
  const range = lineRangeOf(await meantCode(editor));
  return {
    command: 'document',
    title: vscode.l10n.t('Documentation'),
    document: editor.document,
    range,
    instruction: withWords(prompts.render('document', {}), words),
  };
}

/** The declaration that a problem is in, or the lines around it. */
async function around(document: vscode.TextDocument, { range }: vscode.Diagnostic): Promise<vscode.Range> {
  const declaration = await meantCode({ document, selection: new vscode.Selection(range.start, range.start) });
  const isWhole = declaration.start.line === 0 && declaration.end.line >= document.lineCount - 1;
  return isWhole ? linesAround(document, range) : declaration.union(wholeLines(document, range));
}

function lineRangeOf({ start, end }: vscode.Range): LineRange {
  return { start: start.line, end: end.line + 1 };
}
