import * as vscode from 'vscode';
import { Proposal, type OpenHunk } from '../../shared/edits/proposal.ts';
import { rangesAfter } from '../../shared/edits/replacements.ts';
import type { Configuration } from '../configuration.ts';
import { applyReplacements } from './apply-replacements.ts';
import { EditReview, PROPOSED_SCHEME, proposedUriIn } from './edit-review.ts';
import { FollowedDocument, linesOf } from './followed-document.ts';
import { warnOfClosed, warnOfCollision, warnOfLeftOut } from './review-warnings.ts';

/** What is decided on at once: the change at the cursor, or all of them. */
export type Extent = 'current' | 'all';

/**
 * Shows what a model would change in a document, and changes nothing before somebody accepts it. There is one proposal for a
 * document; it ends when all of it has been decided on, or its diff is closed.
 */
export class EditReviews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #configuration: Configuration;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #watch: vscode.Disposable;
  readonly #open = new Set<EditReview>();
  /** One is shown after the other, so that a new one finds the former. */
  #showing: Promise<unknown> = Promise.resolve();
  /** Decisions are made one after the other: each is about what the former has left. */
  #deciding: Promise<void> = Promise.resolve();

  constructor(configuration: Configuration, log: vscode.LogOutputChannel) {
    this.#configuration = configuration;
    this.#log = log;
    this.#watch = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(PROPOSED_SCHEME, this),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        if (closed.some(proposedUriIn)) this.#endClosed();
      }),
    );
    void this.#closeForeignTabs();
  }

  get onDidChange(): vscode.Event<vscode.Uri> {
    return this.#changed.event;
  }

  provideTextDocumentContent(uri: vscode.Uri): string | undefined {
    return this.#reviewOf(uri)?.proposedText;
  }

  /** Follows a document that the model is asked to change; to be reviewed, or disposed of. */
  follow(document: vscode.TextDocument): FollowedDocument {
    return new FollowedDocument(document);
  }

  /**
   * Shows as a diff what the model would change, in place of what was proposed for the document before. What stands no more
   * as it did when the model was asked is left out, and the user is told.
   *
   * @param followed since the model was asked; it belongs to the review from now on.
   * @param edited all lines of the document, made from what they were then.
   * @param title what was asked for, in a word or two.
   */
  review(followed: FollowedDocument, edited: readonly string[], title: string): Promise<void> {
    const shown = this.#showing.then(() => this.#show(followed, edited, title));
    this.#showing = shown.catch(() => undefined);
    return shown;
  }

  async #show(followed: FollowedDocument, edited: readonly string[], title: string): Promise<void> {
    const document = await followed.open();
    const proposal = new Proposal(followed.lines, edited);
    if (!document || proposal.open.length === 0) {
      followed.dispose();
      if (document) warnOfLeftOut(proposal);
      else warnOfClosed(followed.uri);
      return;
    }
    await this.#replaceFormer(followed.uri);
    const review = new EditReview({ followed, document, proposal, title }, (uri) => this.#changed.fire(uri));
    this.#open.add(review);
    try {
      await review.show();
    } catch (error) {
      this.#end(review);
      throw error;
    }
    warnOfLeftOut(proposal);
  }

  /** Makes changes of the proposal in the active tab, in one step of Undo. */
  async accept(extent: Extent): Promise<void> {
    await this.#decide(extent, async (review, hunks) => {
      if (review.document.isClosed) {
        warnOfClosed(review.document.uri);
        return;
      }
      const format = this.#configuration.formatsEdits(review.document.languageId);
      const editor = await editorOf(review);
      // Somebody may have typed while its editor was opened.
      const placed = review.proposal.stillOpen(hunks);
      const isFollowed = linesOf(review.document).join('\n') === review.proposal.documentLines.join('\n');
      if (!isFollowed || placed.length < hunks.length || !(await applyReplacements(editor, placed, { format, log: this.#log }))) {
        warnOfCollision(review.document.uri);
        return;
      }
      await this.#decided(review, placed, rangesAfter(placed).at(-1)?.start);
    });
  }

  /** Takes changes out of the proposal in the active tab. */
  async reject(extent: Extent): Promise<void> {
    await this.#decide(extent, (review, hunks) => this.#decided(review, hunks, hunks.at(-1)?.range.start));
  }

  dispose(): void {
    for (const review of this.#open) review.dispose();
    this.#watch.dispose();
    this.#changed.dispose();
  }

  #decide(extent: Extent, how: (review: EditReview, hunks: readonly OpenHunk[]) => Promise<void> | void): Promise<void> {
    this.#deciding = this.#deciding
      .then(async () => {
        const review = this.#active;
        if (!review) return;
        const { currentHunk } = review;
        await how(review, extent === 'all' ? review.proposal.open : currentHunk ? [currentHunk] : []);
      })
      .catch((error: unknown) => this.#log.error(`A change could not be decided on: ${String(error)}`));
    return this.#deciding;
  }

  /** @param line of the document, where the cursor goes when nothing is left to decide on. */
  async #decided(review: EditReview, hunks: readonly OpenHunk[], line = 0): Promise<void> {
    const { proposal, document, proposedUri } = review;
    proposal.close(hunks);
    this.#changed.fire(proposedUri);
    const [decided] = hunks;
    if (proposal.open.length > 0) {
      if (decided) review.goBehind(decided);
      return;
    }
    const place = new vscode.Position(Math.min(line, document.lineCount - 1), 0);
    const viewColumn = review.tabs[0]?.group.viewColumn ?? vscode.ViewColumn.Active;
    await vscode.window.showTextDocument(document, { viewColumn, selection: new vscode.Range(place, place), preview: false });
    await review.close();
    warnOfLeftOut(proposal);
  }

  get #active(): EditReview | undefined {
    const { activeTab } = vscode.window.tabGroups.activeTabGroup;
    const uri = activeTab && proposedUriIn(activeTab);
    return uri && this.#reviewOf(uri);
  }

  #reviewOf(proposedUri: vscode.Uri): EditReview | undefined {
    return [...this.#open].find((review) => review.proposedUri.toString() === proposedUri.toString());
  }

  async #replaceFormer(uri: vscode.Uri): Promise<void> {
    for (const review of this.#open) if (review.document.uri.toString() === uri.toString()) await review.close();
  }

  #endClosed(): void {
    for (const review of this.#open) if (review.isShown && review.tabs.length === 0) this.#end(review);
  }

  #end(review: EditReview): void {
    this.#open.delete(review);
    review.dispose();
  }

  /** Tabs of a window that was reloaded: nobody knows any more what they proposed. */
  async #closeForeignTabs(): Promise<void> {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    await vscode.window.tabGroups.close(tabs.filter(proposedUriIn));
  }
}

/** An editor through which the document can be changed: as a rule, the left side of the diff. */
async function editorOf({ document }: EditReview): Promise<vscode.TextEditor> {
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  return shown ?? vscode.window.showTextDocument(document, { preserveFocus: true });
}
