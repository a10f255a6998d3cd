import * as vscode from 'vscode';
import { readFenceInfo } from '../../shared/code/fence-info.ts';
import type { CodeInAnswer } from '../../shared/code/path-mentions.ts';
import { codeRefusalSentence } from '../../shared/edits/code-refusal-sentences.ts';
import type { Declaration } from '../../shared/edits/declarations.ts';
import { editFromCode } from '../../shared/edits/edit-from-code.ts';
import { documentSymbols } from '../context/document-symbols.ts';
import type { EditReviews } from '../edits/edit-reviews.ts';

/**
 * Proposes as a diff what some code of an answer changes in a file. Nothing is changed before somebody accepts it.
 *
 * @param insert does what is offered when the code has no place in the file.
 */
export async function applyCode(reviews: EditReviews, uri: vscode.Uri, code: CodeInAnswer, insert: () => Promise<void>): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const declarations = (await documentSymbols(document)).flatMap(declarationsIn);
  const followed = reviews.follow(document);
  const file = vscode.workspace.asRelativePath(uri, false);
  const target = { lines: followed.lines.former, language: document.languageId, path: file, declarations };
  const outcome = editFromCode(target, code.code, readFenceInfo(code.info).language);
  if (outcome.kind === 'edited') {
    await reviews.review(followed, outcome.lines, vscode.l10n.t('Apply'));
    return;
  }
  followed.dispose();
  const sentence = codeRefusalSentence(vscode.l10n, outcome.reason, file);
  if (outcome.reason === 'unchanged') {
    void vscode.window.showInformationMessage(sentence);
    return;
  }
  const chosen = await vscode.window.showWarningMessage(sentence, { title: vscode.l10n.t('Insert at Cursor'), run: insert });
  await chosen?.run();
}

/** A symbol and all within it. Some tools put the parameters behind the name. */
function declarationsIn({ name, range, children }: vscode.DocumentSymbol): readonly Declaration[] {
  const own = { name: name.replace(/[(<].*$/, '').trim(), range: { start: range.start.line, end: range.end.line + 1 } };
  return [own, ...children.flatMap(declarationsIn)];
}
