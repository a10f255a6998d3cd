import * as vscode from 'vscode';
import type { Localizer } from '../shared/error-sentences.ts';

/** VS Code's translations in the form that the shared sentences are written with. */
export const localizer: Localizer = {
  t: (message, args) => vscode.l10n.t(message, args ?? {}),
};
