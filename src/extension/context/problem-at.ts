import * as vscode from 'vscode';
import type { PromptProblem } from '../prompts/prompts.ts';

export interface FoundProblem {
  readonly document: vscode.TextDocument;
  readonly diagnostic: vscode.Diagnostic;
}

/**
 * The problem that a code action was offered for, or else the worst of those that are selected, or of those in the cursor's line.
 *
 * @param uri of the document, and the problem in it, as a code action gives them.
 */
export async function problemAt(uri: unknown, diagnostic: unknown): Promise<FoundProblem | undefined> {
  if (uri instanceof vscode.Uri && diagnostic instanceof vscode.Diagnostic) {
    return { document: await vscode.workspace.openTextDocument(uri), diagnostic };
  }
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const { document, selection } = editor;
  const [worst] = problemsIn(document, selection.isEmpty ? document.lineAt(selection.active.line).range : selection);
  return worst && { document, diagnostic: worst };
}

/** The problems that touch a range, the worst first. */
export function problemsIn({ uri }: vscode.TextDocument, range: vscode.Range): readonly vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter((diagnostic) => diagnostic.range.intersection(range) !== undefined)
    .toSorted((one, other) => one.severity - other.severity);
}

/** A problem as the model is told of it. */
export function promptProblem({ range, message, source }: vscode.Diagnostic): PromptProblem {
  return { line: range.start.line + 1, message, hasSource: Boolean(source), source: source ?? '' };
}
