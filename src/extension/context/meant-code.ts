import * as vscode from 'vscode';
import { documentSymbols } from './document-symbols.ts';

/** What has a body that can be explained, documented or tested by itself. */
const DECLARATIONS: ReadonlySet<vscode.SymbolKind> = new Set([
  vscode.SymbolKind.Class,
  vscode.SymbolKind.Constructor,
  vscode.SymbolKind.Enum,
  vscode.SymbolKind.Function,
  vscode.SymbolKind.Interface,
  vscode.SymbolKind.Method,
  vscode.SymbolKind.Struct,
]);

/**
 * The lines that a command is about: those that are selected, or else the function, class or the like that the cursor is in, or
 * else the whole document.
 */
export async function meantCode({ document, selection }: Pick<vscode.TextEditor, 'document' | 'selection'>): Promise<vscode.Range> {
  if (!selection.isEmpty) return wholeLines(document, selection);
  const declaration = innermost(await documentSymbols(document), selection.active);
  return wholeLines(document, declaration ?? document.validateRange(new vscode.Range(0, 0, Infinity, Infinity)));
}

/** The range from the beginning of its first line to the end of its last; a line in which no character is meant is none. */
export function wholeLines(document: vscode.TextDocument, { start, end, isSingleLine }: vscode.Range): vscode.Range {
  const last = isSingleLine || end.character > 0 ? end.line : end.line - 1;
  return new vscode.Range(start.line, 0, last, document.lineAt(last).text.length);
}

/** Lines before and behind a place that are shown, or may be changed, where no declaration is around it. */
const LINES_AROUND = 10;

export function linesAround(document: vscode.TextDocument, { start, end }: vscode.Range): vscode.Range {
  const lines = new vscode.Range(Math.max(0, start.line - LINES_AROUND), 0, end.line + LINES_AROUND, Infinity);
  return wholeLines(document, document.validateRange(lines));
}

function innermost(symbols: readonly vscode.DocumentSymbol[], position: vscode.Position): vscode.Range | undefined {
  for (const { range, kind, children } of symbols) {
    if (!range.contains(position)) continue;
    return innermost(children, position) ?? (DECLARATIONS.has(kind) ? range : undefined);
  }
  return undefined;
}
