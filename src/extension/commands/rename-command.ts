import * as vscode from 'vscode';
import { namesIn } from '../../shared/answers.ts';
import { EndlessError } from '../../shared/errors.ts';
import { activeEditor } from '../context/active-editor.ts';
import { rangePassage } from '../context/editor-passages.ts';
import { meantCode } from '../context/meant-code.ts';
import type { Prompts } from '../prompts/prompts.ts';
import { showFailure } from '../status/failure-notification.ts';
import type { CommandRequests } from './command-requests.ts';

export interface RenameTargets {
  readonly requests: CommandRequests;
  readonly prompts: Prompts;
}

/** Five names, what models write around them, and what some think before. */
const SAMPLING = { temperature: 0.4, repeatPenalty: 1, maxAnswerTokens: 600 };

/** Lets the model suggest names for what stands at the cursor; the one that is chosen is given by the language's own rename. */
export async function suggestNames(targets: RenameTargets): Promise<void> {
  const editor = activeEditor();
  if (!editor) return;
  const { document } = editor;
  const word = document.getWordRangeAtPosition(editor.selection.active);
  if (!word) {
    await vscode.window.showInformationMessage(vscode.l10n.t('There is no name at the cursor.'));
    return;
  }
  const { version } = document;
  try {
    const chosen = await chosenName(targets, editor, document.getText(word));
    if (chosen !== undefined) await rename(document, word.start, version, chosen);
  } catch (error) {
    await showFailure(EndlessError.from(error).toReport());
  }
}

/** Whoever writes a name does not wait for those of the model. */
async function chosenName(targets: RenameTargets, editor: vscode.TextEditor, name: string): Promise<string | undefined> {
  const pick = new NamePick(name);
  try {
    const suggested = suggestedNames(targets, editor, name, pick.signal).then((names) => pick.offer(names));
    return await Promise.race([pick.chosen, suggested.then(() => pick.chosen)]);
  } finally {
    pick.dispose();
  }
}

async function suggestedNames(
  { requests, prompts }: RenameTargets,
  editor: vscode.TextEditor,
  name: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const passage = rangePassage(editor.document, await meantCode(editor));
  const message = prompts.render('rename', { name, passage });
  const { text } = await requests.generate({ command: 'rename', message, sampling: SAMPLING }, {}, signal);
  return namesIn(text, name);
}

/** A list of names that is there before the names are; whoever closes it has no more use for them. */
class NamePick implements vscode.Disposable {
  readonly #pick = vscode.window.createQuickPick();
  readonly #closed = new AbortController();
  readonly #chosen = Promise.withResolvers<string | undefined>();
  #names: readonly string[] = [];

  constructor(name: string) {
    this.#pick.title = vscode.l10n.t('Rename “{name}”', { name });
    this.#pick.placeholder = vscode.l10n.t('The model looks for names. Another one can be written here.');
    this.#pick.busy = true;
    this.#pick.ignoreFocusOut = true;
    this.#pick.onDidChangeValue(() => this.#show());
    this.#pick.onDidHide(() => {
      this.#closed.abort();
      this.#chosen.resolve(undefined);
    });
    this.#pick.onDidAccept(() => this.#accept());
    this.#pick.show();
  }

  get signal(): AbortSignal {
    return this.#closed.signal;
  }

  /** The name that is chosen or written; undefined for none. */
  get chosen(): Promise<string | undefined> {
    return this.#chosen.promise;
  }

  offer(names: readonly string[]): void {
    this.#names = names;
    this.#pick.busy = false;
    this.#pick.placeholder =
      names.length > 0
        ? vscode.l10n.t('Choose a name, or write another one.')
        : vscode.l10n.t('The model has found none. Write one, or press Escape.');
    this.#show();
  }

  dispose(): void {
    this.#pick.dispose();
  }

  /** What was written a moment ago may not stand in the list yet. */
  #accept(): void {
    const name = this.#pick.selectedItems[0]?.label ?? this.#pick.value.trim();
    if (!name) return;
    this.#chosen.resolve(name);
    this.#pick.hide();
  }

  /** What is written stands first, so that Enter takes it and not a name of the model that begins like it. */
  #show(): void {
    const written = this.#pick.value.trim();
    const own = written && !this.#names.includes(written) ? [{ label: written, description: vscode.l10n.t('as written') }] : [];
    this.#pick.items = [...own, ...this.#names.map((label) => ({ label }))];
  }
}

/** One step of Undo, wherever the name stands; where the language cannot rename, nothing is changed. */
async function rename(document: vscode.TextDocument, position: vscode.Position, version: number, name: string): Promise<void> {
  if (document.version !== version) {
    await vscode.window.showWarningMessage(vscode.l10n.t('The text was changed meanwhile, so nothing was renamed. Try again.'));
    return;
  }
  const edit = await renameEdit(document, position, name);
  if (typeof edit === 'string') {
    await vscode.window.showWarningMessage(vscode.l10n.t('Nothing was renamed: {reason}', { reason: edit }));
  } else if (!edit || edit.size === 0 || !(await vscode.workspace.applyEdit(edit, { isRefactoring: true }))) {
    await vscode.window.showWarningMessage(
      vscode.l10n.t('VS Code cannot rename this: no extension for {language} knows how.', { language: document.languageId }),
    );
  }
}

/** @returns what is to be changed, or why the language does not rename this. */
async function renameEdit(
  { uri }: vscode.TextDocument,
  position: vscode.Position,
  name: string,
): Promise<vscode.WorkspaceEdit | string | undefined> {
  try {
    return await vscode.commands.executeCommand<vscode.WorkspaceEdit | undefined>(
      'vscode.executeDocumentRenameProvider',
      uri,
      position,
      name,
    );
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
