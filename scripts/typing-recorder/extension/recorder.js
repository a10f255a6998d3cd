/**
 * The extension that records: every change of a document, every question for an inline completion, and when VS Code does
 * not wait for the answer any more, each with its time in milliseconds. It answers nothing, so that nothing but keys
 * changes a document.
 */
const { createWriteStream } = require('node:fs');
const vscode = require('vscode');

exports.activate = ({ subscriptions }) => {
  const stream = createWriteStream(process.env.ENDLESS_TYPING_RECORDING, { flags: 'a' });
  const begin = performance.now();
  let questions = 0;
  const write = (event) => stream.write(`${JSON.stringify({ ms: Math.round(performance.now() - begin), ...event })}\n`);
  const nameOf = ({ uri }) => vscode.workspace.asRelativePath(uri, false);
  const numbers = ({ start, end }) => [start.line, start.character, end.line, end.character];

  const provider = {
    async provideInlineCompletionItems(document, { line, character }, { selectedCompletionInfo: selected }, token) {
      const id = questions++;
      write({
        ask: id,
        file: nameOf(document),
        at: [line, character],
        ...(selected && { selected: [...numbers(selected.range), selected.text] }),
      });
      await new Promise((resolve) => token.onCancellationRequested(resolve));
      write({ cancel: id });
    },
  };
  subscriptions.push(
    vscode.languages.registerInlineCompletionItemProvider({ scheme: 'file' }, provider),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (document.uri.scheme !== 'file' || contentChanges.length === 0) return;
      write({ file: nameOf(document), changes: contentChanges.map(({ range, text }) => [...numbers(range), text]) });
    }),
    stream,
  );
  write({ ready: true });
};
