import * as vscode from 'vscode';
import { clippedDiff } from '../../shared/diffs.ts';
import { cutTextFromStart } from '../../shared/cut-text.ts';
import { fenced } from '../../shared/fence.ts';
import type { ChatSession } from '../chat/chat-session.ts';
import { ChatView } from '../chat/chat-view.ts';
import { pathOf } from '../completion/document-path.ts';
import { activeEditor } from '../context/active-editor.ts';
import { rangePassage } from '../context/editor-passages.ts';
import { linesAround, meantCode, wholeLines } from '../context/meant-code.ts';
import { LONGEST_PASSAGE } from '../context/passages.ts';
import { promptProblem, problemAt } from '../context/problem-at.ts';
import { changesToCommit, repositoryOf } from '../git/git.ts';
import type { Prompts } from '../prompts/prompts.ts';
import type { Commands } from './commands.ts';
import { selectedInTerminal } from './terminal-selection.ts';
import { withWords, wordsIn } from './words.ts';

export interface TalkingTargets {
  readonly session: ChatSession;
  readonly prompts: Prompts;
}

/** What is asked in the conversation, and answered there. */
export function talkingCommands(targets: TalkingTargets): Commands {
  return {
    'endless.explain': (given) => explain(targets, wordsIn(given)),
    'endless.explainProblem': (uri, diagnostic) => explainProblem(targets, uri, diagnostic),
    'endless.explainTerminal': () => explainTerminal(targets),
    'endless.review': (given) => review(targets, wordsIn(given)),
    'endless.reviewChanges': (source) => reviewChanges(targets, source),
  };
}

async function explain({ session, prompts }: TalkingTargets, words: string): Promise<void> {
  const editor = activeEditor();
  if (!editor) return;
  const prompt = prompts.render('explain', { passage: rangePassage(editor.document, await meantCode(editor)) });
  await ask(session, withWords(prompt, words));
}

/** The palette gives no problem: the one at the cursor is meant. */
async function explainProblem({ session, prompts }: TalkingTargets, uri: unknown, given: unknown): Promise<void> {
  const found = await problemAt(uri, given);
  if (!found) {
    await vscode.window.showInformationMessage(vscode.l10n.t('There is no problem at the cursor.'));
    return;
  }
  const { document, diagnostic } = found;
  const passage = rangePassage(document, linesAround(document, diagnostic.range));
  await ask(session, prompts.render('explain-problem', { ...promptProblem(diagnostic), path: pathOf(document), passage }));
}

async function explainTerminal({ session, prompts }: TalkingTargets): Promise<void> {
  const output = await selectedInTerminal();
  if (output.trim() === '') {
    await vscode.window.showInformationMessage(vscode.l10n.t('Nothing is selected in the terminal. Select the output that you ask about.'));
    return;
  }
  // What went wrong is told at the end.
  await ask(session, prompts.render('explain-terminal', { output: fenced(cutTextFromStart(output, LONGEST_PASSAGE), '') }));
}

/** What is selected, or else what has changed in the file, or else all of it. */
async function review({ session, prompts }: TalkingTargets, words: string): Promise<void> {
  const editor = activeEditor();
  if (!editor) return;
  const { document, selection } = editor;
  const changes = selection.isEmpty ? await changesIn(document) : '';
  const message = changes
    ? prompts.render('review-changes', { diff: fenced(clippedDiff(changes, LONGEST_PASSAGE), 'diff'), isStaged: false })
    : prompts.render('review-code', {
        passage: rangePassage(document, selection.isEmpty ? wholeOf(document) : wholeLines(document, selection)),
      });
  await ask(session, withWords(message, words));
}

async function reviewChanges({ session, prompts }: TalkingTargets, source: unknown): Promise<void> {
  const repository = await repositoryOf(source);
  const changes = repository && (await changesToCommit(repository));
  if (!changes?.diff.trim()) {
    await vscode.window.showInformationMessage(
      repository ? vscode.l10n.t('There are no changes to review.') : vscode.l10n.t('No Git repository is open.'),
    );
    return;
  }
  const diff = fenced(clippedDiff(changes.diff, LONGEST_PASSAGE), 'diff');
  await ask(session, prompts.render('review-changes', { diff, isStaged: changes.isStaged }));
}

/** Against the last commit; nothing for a file of no repository, or one that is new to it. */
async function changesIn({ uri, isDirty }: vscode.TextDocument): Promise<string> {
  // What is not saved is not in Git's diff.
  if (uri.scheme !== 'file' || isDirty) return '';
  const repository = await repositoryOf({ rootUri: uri });
  return repository ? repository.diffWithHEAD(uri.fsPath).catch(() => '') : '';
}

function wholeOf(document: vscode.TextDocument): vscode.Range {
  return document.validateRange(new vscode.Range(0, 0, Infinity, Infinity));
}

async function ask(session: ChatSession, message: string): Promise<void> {
  await vscode.commands.executeCommand(`${ChatView.id}.focus`);
  await session.ask(message);
}
