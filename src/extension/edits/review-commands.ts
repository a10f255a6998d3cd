import * as vscode from 'vscode';
import type { EditReviews } from './edit-reviews.ts';

/** Registers the commands by which what is proposed is decided on. */
export function registerReviewCommands(reviews: EditReviews): vscode.Disposable {
  const commands: Readonly<Record<string, () => unknown>> = {
    'endless.edits.accept': () => reviews.accept('current'),
    'endless.edits.reject': () => reviews.reject('current'),
    'endless.edits.acceptAll': () => reviews.accept('all'),
    'endless.edits.rejectAll': () => reviews.reject('all'),
  };
  return vscode.Disposable.from(...Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, run)));
}
