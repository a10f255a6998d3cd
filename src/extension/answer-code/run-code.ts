import * as vscode from 'vscode';
import { hasHiddenCharacters } from '../../shared/code/hidden-characters.ts';
import { commandsIn } from '../../shared/code/shell-commands.ts';
import type { Terminals } from './terminals.ts';

/** What a dialog can show, in lines and in UTF-16 units; nobody confirms what cannot be seen. */
const MOST_LINES = 30;
const LONGEST = 2_000;

/** Runs code for a shell in a terminal, once the user has seen and confirmed all of it. */
export async function runCode(terminals: Terminals, code: string, language: string): Promise<void> {
  const commands = commandsIn(code, language);
  const obstacle = obstacleTo(commands);
  if (obstacle !== undefined) {
    void vscode.window.showWarningMessage(obstacle);
    return;
  }
  const question = commands.includes('\n')
    ? vscode.l10n.t('Run these commands in a terminal?')
    : vscode.l10n.t('Run this command in a terminal?');
  const run = vscode.l10n.t('Run');
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail: commands }, run)) === run) await terminals.run(commands);
}

function obstacleTo(commands: string): string | undefined {
  if (commands === '') return vscode.l10n.t('There is no command in this code.');
  if (hasHiddenCharacters(commands))
    return vscode.l10n.t('This code has characters that cannot be seen, so it is not run. Copy it, and look at it in an editor first.');
  if (commands.length > LONGEST || commands.split('\n').length > MOST_LINES)
    return vscode.l10n.t('This code is too long to be shown before it is run. Copy it into a terminal or a file instead.');
  return undefined;
}
