import * as vscode from 'vscode';

/** What a language says is declared in a document; nothing where no language says so, or only in a flat list without ranges. */
export async function documentSymbols({ uri }: Pick<vscode.TextDocument, 'uri'>): Promise<readonly vscode.DocumentSymbol[]> {
  const symbols: unknown = await vscode.commands.executeCommand('vscode.executeDocumentSymbolProvider', uri);
  return Array.isArray(symbols) ? symbols.filter((symbol) => isDocumentSymbol(symbol)) : [];
}

/** Older providers give a flat list, in which nothing says what a declaration's range is. */
function isDocumentSymbol(symbol: unknown): symbol is vscode.DocumentSymbol {
  return typeof symbol === 'object' && symbol !== null && 'range' in symbol && 'children' in symbol;
}

/** The symbols with those in them, in the order of the text, and how deep each one is. */
export function flattened(
  symbols: readonly vscode.DocumentSymbol[],
  depth = 0,
): readonly { readonly symbol: vscode.DocumentSymbol; readonly depth: number }[] {
  return symbols
    .toSorted((one, other) => one.range.start.compareTo(other.range.start))
    .flatMap((symbol) => [{ symbol, depth }, ...flattened(symbol.children, depth + 1)]);
}
