import * as vscode from 'vscode';
import { namesIn } from '../../shared/answers.ts';
import { EndlessError } from '../../shared/errors.ts';
import { rangePassage } from '../context/editor-passages.ts';
import { meantCode } from '../context/meant-code.ts';
import type { Prompts } from '../prompts/prompts.ts';
import { showFailure } from '../status/failure-notification.ts';
import type { CommandRequests } from './command-requests.ts';

export interface RenameTargets {
  readonly requests: CommandRequests;
  readonly prompts: Prompts;
}

/** Five names and what models write around them. */
const SAMPLING = { temperature: 0.4, repeatPenalty: 1, maxAnswerTokens: 120 };

/** Lets the model suggest names for what stands at the cursor; the one that is chosen is given by the language's own rename. */
export async function suggestNames({ requests, prompts }: RenameTargets): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const word = editor?.document.getWordRangeAtPosition(editor.selection.active);
  if (!editor || !word) {
    await vscode.window.showInformationMessage(vscode.l10n.t('There is no name at the cursor.'));
    return;
  }
  const { document } = editor;
  const name = document.getText(word);
  const { version } = document;
  const pick = new NamePick(name);
  try {
    const passage = rangePassage(document, await meantCode(editor));
    const message = prompts.render('rename', { name, passage });
    const { text } = await requests.generate({ command: 'rename', message, sampling: SAMPLING }, {}, pick.signal);
    if (pick.signal.aborted) return;
    const chosen = await pick.choose(namesIn(text, name));
    if (chosen !== undefined) await rename(document, word.start, version, chosen);
  } catch (error) {
    if (!pick.signal.aborted) await showFailure(EndlessError.from(error).toReport());
  } finally {
    pick.dispose();
  }
}

/** A list of names that is there before the names are; whoever closes it has no more use for them. */
class NamePick implements vscode.Disposable {
  readonly #pick = vscode.window.createQuickPick();
  readonly #closed = new AbortController();
  readonly #chosen = Promise.withResolvers<string | undefined>();

  constructor(name: string) {
    this.#pick.title = vscode.l10n.t('Rename “{name}”', { name });
    this.#pick.placeholder = vscode.l10n.t('The model looks for names. Another one can be written here.');
    this.#pick.busy = true;
    this.#pick.ignoreFocusOut = true;
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

  /** @returns the name that is chosen or written; undefined for none. */
  choose(names: readonly string[]): Promise<string | undefined> {
    this.#pick.busy = false;
    this.#pick.placeholder =
      names.length > 0
        ? vscode.l10n.t('Choose a name, or write another one.')
        : vscode.l10n.t('The model has found none. Write one, or press Escape.');
    this.#pick.items = names.map((label) => ({ label }));
    return this.#chosen.promise;
  }

  dispose(): void {
    this.#pick.dispose();
  }

  /** What is written counts when nothing of the list fits it. */
  #accept(): void {
    const name = this.#pick.selectedItems[0]?.label ?? this.#pick.value.trim();
    if (!name) return;
    this.#chosen.resolve(name);
  }
}

/** One step of Undo, wherever the name stands; where the language cannot rename, nothing is changed. */
async function rename(document: vscode.TextDocument, position: vscode.Position, version: number, name: string): Promise<void> {
  if (document.version !== version) {
    await vscode.window.showWarningMessage(vscode.l10n.t('The text was changed meanwhile, so nothing was renamed. Try again.'));
    return;
  }
  const edit = await renameEdit(document, position, name);
  if (!edit || edit.size === 0 || !(await vscode.workspace.applyEdit(edit))) {
    await vscode.window.showWarningMessage(
      vscode.l10n.t('VS Code cannot rename this: no extension for {language} knows how.', { language: document.languageId }),
    );
  }
}

async function renameEdit(
  { uri }: vscode.TextDocument,
  position: vscode.Position,
  name: string,
): Promise<vscode.WorkspaceEdit | undefined> {
  try {
    return await vscode.commands.executeCommand<vscode.WorkspaceEdit | undefined>(
      'vscode.executeDocumentRenameProvider',
      uri,
      position,
      name,
    );
  } catch {
    return undefined;
  }
}
