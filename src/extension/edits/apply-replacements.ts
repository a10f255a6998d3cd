import * as vscode from 'vscode';
import type { Replacement } from '../../shared/edits/edit-target.ts';
import { changesFor, rangesAfter } from '../../shared/edits/replacements.ts';
import type { LineRange } from '../../shared/edits/locate.ts';
import { linesOf } from './followed-document.ts';

/** How long a formatter may take before what was changed stays as it is. */
const FORMATTER_MS = 3_000;

export interface ApplyOptions {
  /** Whether the document's formatter runs over the new lines. */
  readonly format: boolean;
  readonly log: vscode.LogOutputChannel;
}

/**
 * Replaces lines of a document in one step of Undo, and formats the new ones within it. VS Code refuses the change when the
 * document is not the one any more for which it was made.
 *
 * @returns whether it was made.
 */
export async function applyReplacements(
  editor: vscode.TextEditor,
  replacements: readonly Replacement[],
  { format, log }: ApplyOptions,
): Promise<boolean> {
  const edits = changesFor(linesOf(editor.document), replacements).map(({ range: { start, end }, text }) =>
    vscode.TextEdit.replace(new vscode.Range(start.line, start.character, end.line, end.character), text),
  );
  if (!(await apply(editor, edits, { undoStopBefore: true, undoStopAfter: !format }))) return false;
  if (format) await formatLines(editor, rangesAfter(replacements), log);
  return true;
}

/** From the last range to the first, so that none is moved by another. A formatter that fails leaves the lines as they are. */
async function formatLines(editor: vscode.TextEditor, ranges: readonly LineRange[], log: vscode.LogOutputChannel): Promise<void> {
  try {
    for (const { start, end } of ranges.toReversed()) {
      if (start === end) continue;
      const { version } = editor.document;
      const range = new vscode.Range(new vscode.Position(start, 0), editor.document.lineAt(end - 1).range.end);
      const edits = await formatterEdits(editor, range);
      // Made for a text that is there no more.
      if (editor.document.version !== version) return;
      if (edits.length > 0) await apply(editor, edits, { undoStopBefore: false, undoStopAfter: false });
    }
  } catch (error) {
    log.warn(`The formatter failed: ${String(error)}`);
  }
}

async function formatterEdits({ document, options }: vscode.TextEditor, range: vscode.Range): Promise<readonly vscode.TextEdit[]> {
  const style = { tabSize: Number(options.tabSize), insertSpaces: options.insertSpaces === true };
  const asked = vscode.commands.executeCommand<vscode.TextEdit[] | undefined>(
    'vscode.executeFormatRangeProvider',
    document.uri,
    range,
    style,
  );
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), FORMATTER_MS)));
  try {
    return (await Promise.race([asked, tooLate])) ?? [];
  } finally {
    clearTimeout(timer);
  }
}

interface UndoStops {
  readonly undoStopBefore: boolean;
  readonly undoStopAfter: boolean;
}

function apply(editor: vscode.TextEditor, edits: readonly vscode.TextEdit[], stops: UndoStops): Thenable<boolean> {
  return editor.edit((builder) => {
    for (const { range, newText } of edits) builder.replace(range, newText);
  }, stops);
}
