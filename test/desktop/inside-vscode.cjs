/** Runs inside the extension host of a desktop VS Code; throwing fails the test. */
const assert = require('node:assert');
const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');
const { DatabaseSync } = require('node:sqlite');
const { setTimeout: delay } = require('node:timers/promises');
const vscode = require('vscode');

/** Loading a model on a slow machine may take its time. In milliseconds. */
const LONGEST_WAIT = 120_000;
const POLL_MS = 100;

exports.run = async () => {
  const extension = vscode.extensions.getExtension('endless-dev.endless');
  assert(extension, 'the extension is not installed');
  const { activationMs } = await extension.activate();
  assert(activationMs < 1000, `activation took ${activationMs} ms`);

  await vscode.workspace.getConfiguration('endless').update('model.path', 'bundled', vscode.ConfigurationTarget.Global);
  await vscode.commands.executeCommand('endless.openChat');
  await until('the view of the chat has connected to the engine', () => existsSync(join(process.env.ENDLESS_RUN_DIR, 'engine.json')));

  const document = await vscode.workspace.openTextDocument({ language: 'javascript', content: 'const sum = (a, b) => a + b;\n' });
  const editor = await vscode.window.showTextDocument(document);
  editor.selection = new vscode.Selection(0, 0, 1, 0);
  await vscode.commands.executeCommand('endless.explain');
  await until('a message is answered', () => answers().some(({ state, answer }) => state === 'done' && answer !== ''));

  await vscode.commands.executeCommand('endless.showDiagnostics');
  const diagnostics = vscode.window.activeTextEditor?.document.getText() ?? '';
  const { node, electron } = process.versions;
  assert(electron, 'this is not Electron');
  assert(diagnostics.includes(`- Node.js of the engine: ${node} (Electron ${electron})`), diagnostics);
};

async function until(what, holds) {
  const deadline = Date.now() + LONGEST_WAIT;
  while (!holds()) {
    assert(Date.now() < deadline, `in vain: ${what}`);
    await delay(POLL_MS);
  }
}

/** What stands in the transcript of the one conversation there is. */
function answers() {
  const folder = join(process.env.ENDLESS_DATA_DIR, 'conversations');
  const [file] = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.sqlite')) : [];
  if (file === undefined) return [];
  const database = new DatabaseSync(join(folder, file), { readOnly: true });
  try {
    return database.prepare('SELECT state, answer FROM turns').all();
  } finally {
    database.close();
  }
}
