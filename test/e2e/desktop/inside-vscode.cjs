/** Runs inside the extension host of a desktop VS Code; throwing fails the test. */
const assert = require('node:assert');
const vscode = require('vscode');

exports.run = async () => {
  const extension = vscode.extensions.getExtension('endless-dev.endless');
  assert(extension, 'the extension is not installed');
  const { activationMs } = await extension.activate();
  assert(activationMs < 1000, `activation took ${activationMs} ms`);
  await vscode.commands.executeCommand('endless.openChat');
};
