import * as vscode from 'vscode';
import { SETTINGS_SECTION, type SettingKey } from '../../shared/settings.ts';
import type { Obstacle, WorkspaceInstructions } from './workspace-instructions.ts';

/** Opens the instructions that the model is told, or says why there are none. */
export async function showInstructions(instructions: WorkspaceInstructions): Promise<void> {
  await instructions.settled;
  const { obstacle, files } = instructions;
  if (obstacle) return explain(obstacle);
  const choices = files.map(({ uri, path, isCut }) => ({
    label: path,
    description: isCut ? vscode.l10n.t('only the beginning') : '',
    uri,
  }));
  const [only, ...others] = choices;
  if (!only) {
    const sentence = vscode.l10n.t(
      'This workspace has no instructions for the model. Write them into AGENTS.md or .github/copilot-instructions.md in its root.',
    );
    await vscode.window.showInformationMessage(sentence);
    return;
  }
  const chosen = others.length === 0 ? only : await vscode.window.showQuickPick(choices, { title: vscode.l10n.t('Instructions') });
  if (chosen) await vscode.window.showTextDocument(chosen.uri);
}

async function explain(obstacle: Obstacle): Promise<void> {
  switch (obstacle) {
    case 'untrusted': {
      const sentence = vscode.l10n.t('The instructions of this workspace are not read, since it is not trusted.');
      const manage = vscode.l10n.t('Manage trust');
      const chosen = await vscode.window.showInformationMessage(sentence, manage);
      if (chosen === manage) await vscode.commands.executeCommand('workbench.trust.manage');
      return;
    }
    case 'off': {
      const key = 'chat.instructions' satisfies SettingKey;
      const sentence = vscode.l10n.t('The instructions of this workspace are not read, since that is switched off in the settings.');
      const open = vscode.l10n.t('Open settings');
      const chosen = await vscode.window.showInformationMessage(sentence, open);
      if (chosen === open) await vscode.commands.executeCommand('workbench.action.openSettings', `${SETTINGS_SECTION}.${key}`);
    }
  }
}
