// Talk to a model file through the engine: a long chat by its own template, code to continue, holes to fill.
//
// Run: node training/try_model.mjs [MODEL.gguf] [--temperature 0.7]
// Prints what the model says, and how many of the answers ended with the end-of-turn token.
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { getLlama, LlamaLogLevel, LlamaChatSession, LlamaCompletion, resolveChatWrapper } from 'node-llama-cpp';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { temperature: { type: 'string', default: '0' } },
});
const modelPath = positionals[0] ?? fileURLToPath(new URL('../models/endless-tiny.gguf', import.meta.url));
const sampling = { temperature: Number(values.temperature), seed: 1, topP: 0.9, topK: 40 };

const SYSTEM_PROMPT = 'You are Endless, a coding assistant that runs on this machine.';
const QUESTIONS = [
  'Hello!',
  'Who are you?',
  'What can you do?',
  'Write a function that adds two numbers.',
  'What is a closure?',
  'How do I read a file?',
  'What does Array.map do?',
  'Document this function:\n```js\nfunction isEmpty(list) {\n  return list.length === 0;\n}\n```',
  'What does this code do?\n```js\nfunction last(list) {\n  return list[list.length - 1];\n}\n```',
  'Write a function named parseHeader.',
  'Write a function that checks whether a path is absolute.',
  'What does vscode.window.showInformationMessage do?',
  'Thanks!',
];
const STARTS = [
  '/**\n * Returns the length of the longest line.\n */\nfunction ',
  'import { readFile } from "node:fs/promises";\n\nexport async function load(path) {\n',
  'export interface Options {\n',
  'class Queue {\n  constructor() {\n',
];
const HOLES = [
  ['function sum(list) {\n  let total = 0;\n  for (const item of list) {\n    ', '\n  }\n  return total;\n}\n'],
  ['function isEmpty(value) {\n  if (value === ', ') {\n    return true;\n  }\n  return false;\n}\n'],
  ['const fs = require(', ');\n'],
];

const llama = await getLlama({
  gpu: false,
  build: 'never',
  skipDownload: true,
  maxThreads: 1,
  logLevel: LlamaLogLevel.error,
});
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({ contextSize: 1024, sequences: 2, threads: 1 });

const chatWrapper = resolveChatWrapper(model);
console.log(`# ${model.filename}, ${chatWrapper.wrapperName} chat wrapper, temperature ${sampling.temperature}\n`);
const session = new LlamaChatSession({
  contextSequence: context.getSequence(),
  systemPrompt: SYSTEM_PROMPT,
  chatWrapper,
});
let ended = 0;
for (const question of QUESTIONS) {
  const answer = await session.promptWithMeta(question, { ...sampling, maxTokens: 200 });
  ended += answer.stopReason === 'eogToken' ? 1 : 0;
  console.log(`> ${question}\n${answer.responseText}\n[${answer.stopReason}]\n`);
}
console.log(`${ended} of ${QUESTIONS.length} answers ended with the end-of-turn token\n`);

const completion = new LlamaCompletion({ contextSequence: context.getSequence() });
for (const start of STARTS) {
  const text = await completion.generateCompletion(start, { ...sampling, maxTokens: 90 });
  console.log(`--- continue\n${start}\u00bb${text}\n`);
}
for (const [prefix, suffix] of HOLES) {
  const text = await completion.generateInfillCompletion(prefix, suffix, { ...sampling, maxTokens: 60 });
  console.log(`--- fill\n${prefix}\u00bb${text}\u00ab${suffix}\n`);
}
await llama.dispose();
