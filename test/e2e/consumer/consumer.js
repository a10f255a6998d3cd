/**
 * Another extension that uses models through VS Code. Each of its commands does one thing and writes what came of it
 * into a file of the workspace, which is named after the command and holds JSON.
 */
const { renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const vscode = require('vscode');

const { LanguageModelChatMessage: Message } = vscode;

const WEATHER = {
  name: 'weather',
  description: 'Says what the weather is like in a city.',
  inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

/** One grey pixel: VS Code looks into pictures before it hands them on. */
const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==', 'base64');

const COMMANDS = {
  async 'consumer.models'() {
    const models = await vscode.lm.selectChatModels({ vendor: 'endless' });
    return models.map(({ id, name, family, maxInputTokens, capabilities }) => ({ id, name, family, maxInputTokens, capabilities }));
  },

  async 'consumer.ask'() {
    const messages = [Message.User('Be brief.'), Message.User('Tell me a story.')];
    return { chunks: await read(messages, { modelOptions: { temperature: 0, max_tokens: 40 } }) };
  },

  async 'consumer.cancel'() {
    const source = new vscode.CancellationTokenSource();
    let chunks = 0;
    const heard = await read([Message.User('Never stop.')], {}, source.token, () => {
      if (++chunks === 3) source.cancel();
    });
    return { chunks: heard };
  },

  async 'consumer.count'() {
    const model = await theModel();
    return { text: await model.countTokens('one two three'), message: await model.countTokens(Message.User('one two three')) };
  },

  async 'consumer.tool'() {
    const question = Message.User('What is the weather in Rome?');
    const parts = await read([question], { tools: [WEATHER], toolMode: vscode.LanguageModelChatToolMode.Required });
    const call = parts.find((part) => part instanceof vscode.LanguageModelToolCallPart);
    const result = new vscode.LanguageModelToolResultPart(call.callId, [new vscode.LanguageModelTextPart('Sunny, 25 degrees')]);
    const answer = await read([question, Message.Assistant([call]), Message.User([result])], { tools: [WEATHER] });
    return { call, answer };
  },

  async 'consumer.picture'() {
    return { chunks: await read([Message.User([vscode.LanguageModelDataPart.image(PICTURE, 'image/png')])]) };
  },
};

async function theModel() {
  const [model] = await vscode.lm.selectChatModels({ vendor: 'endless' });
  if (!model) throw new Error('There is no model.');
  return model;
}

/** The parts of an answer; texts as strings. */
async function read(messages, options, token, hear = () => undefined) {
  const model = await theModel();
  const { stream } = await model.sendRequest(messages, options, token);
  const parts = [];
  for await (const part of stream) {
    parts.push(part instanceof vscode.LanguageModelTextPart ? part.value : part);
    hear();
  }
  return parts;
}

/** A reader sees the whole file or none. */
function write(name, outcome) {
  const file = join(vscode.workspace.workspaceFolders[0].uri.fsPath, `${name}.json`);
  writeFileSync(`${file}.new`, JSON.stringify(outcome));
  renameSync(`${file}.new`, file);
}

async function outcomeOf(run) {
  try {
    return await run();
  } catch ({ name, code, message }) {
    return { failure: { name, code, message } };
  }
}

exports.activate = ({ subscriptions }) => {
  for (const [name, run] of Object.entries(COMMANDS))
    subscriptions.push(vscode.commands.registerCommand(name, async () => write(name, await outcomeOf(run))));
};
