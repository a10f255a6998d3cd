import * as vscode from 'vscode';
import { withoutThoughts } from '../../shared/answers.ts';
import { parseAnswer, type ParsedAnswer } from '../../shared/edits/answer-parser.ts';
import type { EditRefusal } from '../../shared/edits/edit-target.ts';
import { EndlessError } from '../../shared/errors.ts';
import { activeEditor } from '../context/active-editor.ts';
import { rangePassage } from '../context/editor-passages.ts';
import { meantCode } from '../context/meant-code.ts';
import { showFailure } from '../status/failure-notification.ts';
import { EDITING, endedEarly, refuse, type ProposalTargets } from './propose-edit.ts';
import { testFrameworkIn, testPathOf } from './test-file.ts';
import { withWords } from './words.ts';

/**
 * Lets the model write tests for what is selected, or the cursor is in. They stand in a new file, which is not saved.
 *
 * @param words of the user, beside the command; may be empty.
 */
export async function writeTests(targets: ProposalTargets, words: string): Promise<void> {
  const editor = activeEditor();
  if (!editor) return;
  const { document } = editor;
  if (isNowhere(document)) {
    await vscode.window.showInformationMessage(vscode.l10n.t('Tests stand in a file beside this one. Save it first.'));
    return;
  }
  try {
    const file = await freeFile(document.uri);
    const framework = await frameworkFor(document.uri);
    const prompt = targets.prompts.render('tests', {
      passage: rangePassage(document, await meantCode(editor)),
      testPath: vscode.workspace.asRelativePath(file),
      hasFramework: framework !== undefined,
      framework: framework ?? '',
    });
    const message = withWords(prompt, words);
    const answer = await targets.requests.generateVisibly(vscode.l10n.t('Write Tests'), { command: 'tests', message, sampling: EDITING });
    if (!answer) return;
    const text = withoutThoughts(answer.text);
    const parsed = parseAnswer(text, document.languageId);
    if (parsed.kind === 'whole' && !endedEarly(answer)) await showNew(file, `${parsed.lines.join('\n')}\n`);
    else await refuse(reasonOf(parsed), text, () => writeTests(targets, words));
  } catch (error) {
    await showFailure(EndlessError.from(error).toReport());
  }
}

function reasonOf(parsed: ParsedAnswer): EditRefusal {
  switch (parsed.kind) {
    case 'unclear':
      return parsed.reason;
    case 'blocks':
      return 'no-code';
    case 'whole':
      return 'truncated';
  }
}

/** Whether nobody has said yet where the document is to be saved. */
function isNowhere({ uri }: vscode.TextDocument): boolean {
  return uri.scheme === 'untitled' && !uri.path.startsWith('/');
}

/** Where tests of a file usually stand; a name that is taken gets a number. */
async function freeFile(uri: vscode.Uri): Promise<vscode.Uri> {
  for (let number = 1; ; number++) {
    const file = uri.with({ scheme: uri.scheme === 'untitled' ? 'file' : uri.scheme, path: testPathOf(uri.path, number) });
    if (!(await isThere(file))) return file;
  }
}

async function isThere(file: vscode.Uri): Promise<boolean> {
  const isOpen = vscode.workspace.textDocuments.some(({ uri }) => uri.path === file.path);
  if (isOpen) return true;
  try {
    await vscode.workspace.fs.stat(file);
    return true;
  } catch {
    return false;
  }
}

/** What the package that a file belongs to tests with. */
async function frameworkFor(uri: vscode.Uri): Promise<string | undefined> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (!folder) return undefined;
  try {
    const manifest = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder.uri, 'package.json'));
    return testFrameworkIn(new TextDecoder().decode(manifest));
  } catch {
    return undefined;
  }
}

async function showNew(file: vscode.Uri, content: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(file.with({ scheme: 'untitled' }));
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), content);
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(document, { preview: false, viewColumn: vscode.ViewColumn.Beside });
}
