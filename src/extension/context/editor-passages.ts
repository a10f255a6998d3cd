import * as vscode from 'vscode';
import { pathOf } from '../completion/document-path.ts';
import { onOneLine } from './one-line.ts';
import { excerptPassage, problemsPassage, type Excerpt, type Problem } from './passages.ts';

const SEVERITIES = {
  [vscode.DiagnosticSeverity.Error]: 'error',
  [vscode.DiagnosticSeverity.Warning]: 'warning',
  [vscode.DiagnosticSeverity.Information]: 'information',
} as const;

/** A part of the document. */
export function rangePassage(document: vscode.TextDocument, range: vscode.Range): string {
  return passageOf(document, document.getText(range), range.start.line + 1);
}

/** What VS Code shows among the problems of a document; undefined when there is nothing. */
export function documentProblems(document: vscode.TextDocument): string | undefined {
  const problems = vscode.languages.getDiagnostics(document.uri).flatMap((diagnostic) => problemOf(document, diagnostic));
  if (problems.length === 0) return undefined;
  const path = onOneLine(pathOf(document));
  const cutNote = (count: number): string => vscode.l10n.t('the rest is cut, there are {count} problems', { count });
  return problemsPassage(vscode.l10n.t('Problems in {path}', { path }), path, problems, cutNote);
}

function passageOf(document: vscode.TextDocument, text: string, firstLine: number): string {
  const excerpt: Excerpt = { path: onOneLine(pathOf(document)), languageId: document.languageId, text, firstLine };
  return excerptPassage(excerpt, (lines) => vscode.l10n.t('the rest is cut, there are {lines} lines', { lines }));
}

/** A hint is none: VS Code does not list it either. */
function problemOf(document: vscode.TextDocument, { range, severity, message, source, code }: vscode.Diagnostic): readonly Problem[] {
  if (severity === vscode.DiagnosticSeverity.Hint) return [];
  const { line, character } = document.validatePosition(range.start);
  const number = typeof code === 'object' ? code.value : code;
  return [
    {
      line: line + 1,
      column: character + 1,
      severity: SEVERITIES[severity],
      message,
      source: [source, number].filter((part) => part !== undefined).join(' '),
      lineText: document.lineAt(line).text,
    },
  ];
}
