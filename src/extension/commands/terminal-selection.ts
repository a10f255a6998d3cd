import * as vscode from 'vscode';

/**
 * What is selected in the active terminal. Extensions cannot ask for it: it goes through the clipboard, in which a text is put back.
 */
export async function selectedInTerminal(): Promise<string> {
  const { clipboard } = vscode.env;
  const before = await clipboard.readText();
  try {
    // Where nothing is selected, nothing is copied.
    await clipboard.writeText('');
    await vscode.commands.executeCommand('workbench.action.terminal.copySelection');
    return await clipboard.readText();
  } finally {
    await clipboard.writeText(before);
  }
}
