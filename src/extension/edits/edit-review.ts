import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { nearestHunk, type OpenHunk, type Proposal } from '../../shared/edits/proposal.ts';
import { linesOf, type FollowedDocument } from './followed-document.ts';

/** Scheme of the side of a diff that shows what is proposed. */
export const PROPOSED_SCHEME = 'endless-proposed';

export interface ReviewedEdit {
  readonly followed: FollowedDocument;
  readonly document: vscode.TextDocument;
  readonly proposal: Proposal;
  /** What was asked for, in a word or two. */
  readonly title: string;
}

/** One proposal in a diff editor: the document itself on the left, and on the right the document with all that is still open. */
export class EditReview implements vscode.Disposable {
  readonly document: vscode.TextDocument;
  readonly proposal: Proposal;
  /** Of the right side; its path is the document's, so that the language is known and the tab has the name. */
  readonly proposedUri: vscode.Uri;
  readonly #edit: ReviewedEdit;
  readonly #watch: vscode.Disposable;
  /** The line of the proposed text that the cursor goes to once that text is shown. */
  #target: number | undefined;
  #isShown = false;

  /** @param onDidChange is told that the proposed text is another. */
  constructor(edit: ReviewedEdit, onDidChange: (proposedUri: vscode.Uri) => void) {
    this.#edit = edit;
    this.document = edit.document;
    this.proposal = edit.proposal;
    this.proposedUri = vscode.Uri.from({ scheme: PROPOSED_SCHEME, path: edit.document.uri.path, query: randomUUID() });
    this.#watch = vscode.Disposable.from(
      edit.followed,
      edit.followed.onDidChange(() => onDidChange(this.proposedUri)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.toString() === this.proposedUri.toString()) this.#goToTarget();
      }),
    );
  }

  /** Whether its diff was opened: before that nobody can have closed it. */
  get isShown(): boolean {
    return this.#isShown;
  }

  /** The proposed text, with the line ends of the document. */
  get proposedText(): string {
    return this.proposal.lines.join(this.document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n');
  }

  /** The tabs that show it: there is none when somebody has closed it. */
  get tabs(): readonly vscode.Tab[] {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    return tabs.filter((tab) => proposedUriIn(tab)?.toString() === this.proposedUri.toString());
  }

  /** Opens the diff, to stay: closing it means to reject what it shows. */
  async show(): Promise<void> {
    const proposed = await vscode.workspace.openTextDocument(this.proposedUri);
    const { languageId } = this.document;
    if (proposed.languageId !== languageId) await vscode.languages.setTextDocumentLanguage(proposed, languageId);
    const file = vscode.workspace.asRelativePath(this.document.uri).replace(/^.*[/\\]/, '');
    const title = vscode.l10n.t('{file}: {title} (Endless)', { file, title: this.#edit.title });
    const options: vscode.TextDocumentShowOptions = { preview: false };
    await vscode.commands.executeCommand('vscode.diff', this.document.uri, this.proposedUri, title, options);
    this.#isShown = true;
    this.#goTo(this.proposal.open[0]);
  }

  /** The hunk at the cursor, in whichever side it is, or the nearest one. */
  get currentHunk(): OpenHunk | undefined {
    const { open } = this.proposal;
    const editor = vscode.window.activeTextEditor;
    const side = editor?.document.uri.toString() === this.document.uri.toString() ? 'range' : 'proposed';
    return nearestHunk(open, side, editor?.selection.active.line ?? 0);
  }

  /** The cursor goes to the hunk behind one that has been decided on, so that nobody decides on what is not in sight. */
  goBehind(decided: OpenHunk): void {
    const { open } = this.proposal;
    this.#goTo(open.find(({ proposed }) => proposed.start >= decided.proposed.start) ?? open.at(-1));
  }

  /** Closes the diff. */
  async close(): Promise<void> {
    await vscode.window.tabGroups.close(this.tabs);
  }

  dispose(): void {
    this.#watch.dispose();
  }

  #goTo(hunk: OpenHunk | undefined): void {
    this.#target = hunk?.proposed.start;
    this.#goToTarget();
  }

  #goToTarget(): void {
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === this.proposedUri.toString());
    if (!editor || this.#target === undefined || linesOf(editor.document).join('\n') !== this.proposal.lines.join('\n')) return;
    const place = new vscode.Position(this.#target, 0);
    this.#target = undefined;
    editor.selection = new vscode.Selection(place, place);
    editor.revealRange(new vscode.Range(place, place), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
}

/** The address of what is proposed in a tab; `undefined` for a tab that shows something else. */
export function proposedUriIn({ input }: vscode.Tab): vscode.Uri | undefined {
  return input instanceof vscode.TabInputTextDiff && input.modified.scheme === PROPOSED_SCHEME ? input.modified : undefined;
}
