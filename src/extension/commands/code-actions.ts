import * as vscode from 'vscode';

const KINDS = [vscode.CodeActionKind.QuickFix];

/** Offers to mend and to explain what a tool complains of, where the lamp is. Nothing is asked of the model before somebody chooses. */
export class ProblemActions implements vscode.CodeActionProvider {
  static register(): vscode.Disposable {
    return vscode.languages.registerCodeActionsProvider({ pattern: '**' }, new ProblemActions(), { providedCodeActionKinds: KINDS });
  }

  provideCodeActions(
    { uri }: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics, only }: vscode.CodeActionContext,
  ): vscode.CodeAction[] | undefined {
    const [worst] = diagnostics.toSorted((one, other) => one.severity - other.severity);
    if (!worst || (only && !only.contains(vscode.CodeActionKind.QuickFix))) return undefined;
    const action = (title: string, command: string): vscode.CodeAction => {
      const offered = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      offered.diagnostics = [worst];
      offered.command = { title, command, arguments: [uri, worst] };
      return offered;
    };
    const explain = action(vscode.l10n.t('Explain with Endless'), 'endless.explainProblem');
    // Whoever does not trust the workspace does not have it changed by what stands in it.
    return vscode.workspace.isTrusted ? [action(vscode.l10n.t('Fix with Endless'), 'endless.fix'), explain] : [explain];
  }
}
