// Does the model say what it was taught? Asks every hand-written question of training/data/ at temperature 0.
//
// Run: node training/sanity.mjs [MODEL.gguf]
// Prints: how many answers hold the taught text, how many snippets parse, how many answers ended by themselves.
// This measures memory of the training text, not skill.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { getLlama, LlamaLogLevel, LlamaChatSession, resolveChatWrapper } from 'node-llama-cpp';

const SYSTEM_PROMPT = 'You are Endless, a coding assistant that runs on this machine.';
const modelPath = process.argv[2] ?? fileURLToPath(new URL('../models/endless-tiny.gguf', import.meta.url));

/** The questions of one file with the text that the answer must hold. */
async function taught(file, pattern, questionOf) {
  const text = await readFile(new URL(`data/${file}`, import.meta.url), 'utf8');
  return [...text.matchAll(pattern)].map((match) => ({ question: questionOf(match[1]), expected: match.at(-1) }));
}

/** Whether a snippet parses as the body of a function; imports are left out, which stand at the top of a file only. */
function parses(code) {
  try {
    new Function(code.replace(/^import .*$/gm, ''));
    return true;
  } catch {
    return false;
  }
}

const groups = {
  functions: await taught('functions.md', /^## (.*) \| .*\n\n```js\n([\s\S]*?)\n```$/gm, (that) => `Write a function that ${that}.`),
  concepts: await taught('concepts.md', /^## (.*)\n\n(.*)$/gm, (words) => `What is ${words}?`),
};

const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, maxThreads: 1, logLevel: LlamaLogLevel.error });
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({ contextSize: 1024, threads: 1 });
const session = new LlamaChatSession({
  contextSequence: context.getSequence(),
  systemPrompt: SYSTEM_PROMPT,
  chatWrapper: resolveChatWrapper(model),
});
const start = session.getChatHistory();
let [ended, snippets, parsed] = [0, 0, 0];
for (const [name, items] of Object.entries(groups)) {
  let right = 0;
  for (const { question, expected } of items) {
    session.setChatHistory(start);
    const { responseText, stopReason } = await session.promptWithMeta(question, { temperature: 0, maxTokens: 250 });
    right += responseText.includes(expected) ? 1 : 0;
    ended += stopReason === 'eogToken' ? 1 : 0;
    const code = responseText.match(/```js\n([\s\S]*?)\n```/)?.[1];
    if (code === undefined) continue;
    snippets += 1;
    parsed += parses(code) ? 1 : 0;
  }
  console.log(`${name}: ${right} of ${items.length} as taught`);
}
const asked = Object.values(groups).flat().length;
console.log(`${ended} of ${asked} answers ended by themselves, ${parsed} of ${snippets} snippets parse`);
await llama.dispose();
