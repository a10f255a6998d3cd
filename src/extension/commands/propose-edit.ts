import * as vscode from 'vscode';
import { withoutThoughts } from '../../shared/answers.ts';
import { editFromAnswer } from '../../shared/edits/edit-from-answer.ts';
import type { EditRefusal, EditTarget } from '../../shared/edits/edit-target.ts';
import type { LineRange } from '../../shared/edits/locate.ts';
import { refusalSentence } from '../../shared/edits/refusal-sentences.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { GenerateResult } from '../../shared/protocol/generate.ts';
import type { SideCommand } from '../../shared/settings.ts';
import { pathOf } from '../completion/document-path.ts';
import type { EditReviews } from '../edits/edit-reviews.ts';
import type { FollowedDocument } from '../edits/followed-document.ts';
import { warnOfClosed } from '../edits/review-warnings.ts';
import type { Prompts } from '../prompts/prompts.ts';
import { showFailure } from '../status/failure-notification.ts';
import type { CommandRequests } from './command-requests.ts';
import { editPrompt } from './edit-prompt.ts';

export interface ProposalTargets {
  readonly requests: CommandRequests;
  readonly reviews: EditReviews;
  readonly prompts: Prompts;
}

/** What is to become of some code. */
export interface Wish {
  readonly command: SideCommand;
  /** For the user. */
  readonly title: string;
  readonly document: vscode.TextDocument;
  /** The whole document when there is none. */
  readonly range: LineRange | undefined;
  /** For the model. */
  readonly instruction: string;
}

/** Copying code is no matter of taste, and repeats what stands there. An answer may be as long as there is room. */
export const EDITING = { temperature: 0, repeatPenalty: 1, maxAnswerTokens: 0 };

/** Lets the model change some code, and proposes what it would change as a diff. Nothing is changed before somebody accepts it. */
export async function proposeEdit(targets: ProposalTargets, wish: Wish): Promise<void> {
  const { reviews } = targets;
  const followed = reviews.follow(wish.document);
  try {
    const edited = await editedLines(targets, wish, followed);
    if (edited) await reviews.review(followed, edited, wish.title);
    else followed.dispose();
  } catch (error) {
    followed.dispose();
    await showFailure(EndlessError.from(error).toReport());
  }
}

/** @returns `undefined` when the user has cancelled it, or was told why there are none. */
async function editedLines(targets: ProposalTargets, wish: Wish, followed: FollowedDocument): Promise<readonly string[] | undefined> {
  const { requests, prompts } = targets;
  const { command, title, document, instruction } = wish;
  const lines = followed.lines.former;
  const target: EditTarget = { lines, range: wish.range ?? { start: 0, end: lines.length }, language: document.languageId };
  const message = prompts.render('edit', editPrompt(pathOf(document), target, instruction));
  const answer = await requests.generateVisibly(title, { command, message, sampling: EDITING });
  if (!answer) return undefined;
  const text = withoutThoughts(answer.text);
  // What ended before its end may lack a change, however whole the rest of it looks.
  const outcome = endedEarly(answer) ? ({ kind: 'refused', reason: 'truncated' } as const) : editFromAnswer(target, text);
  if (outcome.kind === 'edited') return outcome.lines;
  await refuse(outcome.reason, text, () => again(targets, wish, followed));
  return undefined;
}

/** Whether there would have been more of an answer. */
export function endedEarly({ finish }: Pick<GenerateResult, 'finish'>): boolean {
  return finish === 'length' || finish === 'repetition' || finish === 'stopped';
}

/** The lines that were meant may be elsewhere by now. */
async function again(targets: ProposalTargets, wish: Wish, followed: FollowedDocument): Promise<void> {
  const document = await followed.open();
  const range = wish.range && followed.lines.remainsOf(wish.range);
  if (!document) warnOfClosed(followed.uri);
  else if (wish.range && !range) warnOfLostLines();
  else await proposeEdit(targets, { ...wish, document, range });
}

function warnOfLostLines(): void {
  void vscode.window.showWarningMessage(vscode.l10n.t('The lines that were selected are gone. Select others and ask again.'));
}

/** Says why an answer changes nothing, and lets the user have it all the same. */
export async function refuse(reason: EditRefusal, answer: string, tryAgain: () => Promise<void>): Promise<void> {
  const chosen = await vscode.window.showWarningMessage(
    refusalSentence(vscode.l10n, reason),
    { title: vscode.l10n.t('Try Again'), run: tryAgain },
    { title: vscode.l10n.t('Show Answer'), run: () => showAnswer(answer) },
  );
  await chosen?.run();
}

async function showAnswer(content: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
  await vscode.window.showTextDocument(document, { preview: false });
}
