import * as vscode from 'vscode';
import { readFenceInfo } from '../../shared/code/fence-info.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { CodeAction, ViewMessage } from '../../shared/view-messages.ts';
import type { ChatSession } from '../chat/chat-session.ts';
import { whereTrusted } from '../commands/trusted-commands.ts';
import type { EditReviews } from '../edits/edit-reviews.ts';
import { showFailure } from '../status/failure-notification.ts';
import { LastEditor } from './last-editor.ts';
import { targetFiles } from './target-files.ts';
import { Terminals } from './terminals.ts';
import { OutsideWorkspaceError } from './workspace-files.ts';

export interface AnswerCodeTargets {
  readonly session: Pick<ChatSession, 'turn'>;
  readonly reviews: EditReviews;
}

/** A block of code of an answer, and what the user wants of it. */
type CodeMessage = Extract<ViewMessage, { type: 'code' }>;

/** Does what the user wants of a block of code of an answer. */
export class AnswerCode implements vscode.Disposable {
  readonly #targets: AnswerCodeTargets;
  readonly #lastEditor = new LastEditor();
  readonly #terminals = new Terminals();

  constructor(targets: AnswerCodeTargets) {
    this.#targets = targets;
  }

  /** What goes wrong is told. In a workspace that is not trusted code can be inserted, which the user could do by hand. */
  async act(message: CodeMessage): Promise<void> {
    try {
      const { action } = message;
      await (action === 'insert' ? this.#insert(message) : whereTrusted(() => this.#write(message, action)));
    } catch (error) {
      if (error instanceof OutsideWorkspaceError) warnOfOutside(error.path);
      else await showFailure(EndlessError.from(error).toReport());
    }
  }

  dispose(): void {
    this.#lastEditor.dispose();
    this.#terminals.dispose();
  }

  async #write(message: CodeMessage, action: Exclude<CodeAction, 'insert'>): Promise<void> {
    switch (action) {
      case 'apply':
        return this.#apply(message);
      case 'newFile':
        return (await import('./new-file.ts')).newFile(message, (uri) => this.#applyTo(uri, message));
      case 'run':
        return (await import('./run-code.ts')).runCode(this.#terminals, message.code, readFenceInfo(message.info).language);
    }
  }

  async #insert({ code }: CodeMessage): Promise<void> {
    const { insertCode } = await import('./insert-code.ts');
    await insertCode(this.#lastEditor.editor, code);
  }

  async #apply(message: CodeMessage): Promise<void> {
    const turn = await this.#targets.session.turn(message.turnId);
    const { files, missing } = await targetFiles(message, turn, this.#lastEditor.editor);
    if (missing !== undefined) await this.#offerNew(message, missing);
    else if (files.length === 0)
      void vscode.window.showInformationMessage(vscode.l10n.t('Which file this code belongs to is not known. Open that file first.'));
    const file = files.length > 1 ? await chooseFile(files) : files[0];
    if (file) await this.#applyTo(file, message);
  }

  async #applyTo(uri: vscode.Uri, message: CodeMessage): Promise<void> {
    const { applyCode } = await import('./apply-code.ts');
    await applyCode(this.#targets.reviews, uri, message, () => this.#insert(message));
  }

  async #offerNew(message: CodeMessage, file: string): Promise<void> {
    const chosen = await vscode.window.showInformationMessage(
      vscode.l10n.t('There is no {file} yet. Make a new file of this code.', { file }),
      {
        title: vscode.l10n.t('New File'),
        run: () => this.act({ ...message, action: 'newFile' }),
      },
    );
    await chosen?.run();
  }
}

async function chooseFile(files: readonly vscode.Uri[]): Promise<vscode.Uri | undefined> {
  const items = files.map((uri) => ({
    uri,
    label: vscode.workspace.asRelativePath(uri),
    iconPath: vscode.ThemeIcon.File,
  }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('The file that the code is for') });
  return chosen?.uri;
}

function warnOfOutside(path: string): void {
  const sentence = vscode.l10n.t('{path} lies outside the workspace, so nothing is written there. Insert the code at the cursor instead.', {
    path: path.slice(0, 200),
  });
  void vscode.window.showWarningMessage(sentence);
}
