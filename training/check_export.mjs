// The engine's side of check_export.py: reads prompts, prints tokens and logits as JSON.
//
// Run (normally by check_export.py): node training/check_export.mjs MODEL.gguf PROMPTS.json
// PROMPTS.json: { texts: string[], prompts: number[][] } - texts to tokenize, token ids to evaluate.
// Prints: { tokenized: number[][], logits: number[][] } - logits after the last token of each prompt.
import { readFile } from 'node:fs/promises';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';

const [modelPath, promptsPath] = process.argv.slice(2);
const { texts, prompts } = JSON.parse(await readFile(promptsPath, 'utf8'));

const llama = await getLlama({
  gpu: false,
  build: 'never',
  skipDownload: true,
  maxThreads: 1,
  logLevel: LlamaLogLevel.error,
});
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({ contextSize: 1024, threads: 1, flashAttention: false });
const sequence = context.getSequence();

/** Logits of the whole vocabulary after the last of the tokens, in order of token id. */
async function logitsAfter(tokens) {
  await sequence.clearHistory();
  const before = tokens.slice(0, -1);
  const last = [tokens.at(-1), { generateNext: { logits: true, options: { temperature: 0 } } }];
  const output = await sequence.controlledEvaluate([...before, last]);
  const logits = output.at(-1).next.logits;
  return Array.from({ length: logits.size }, (_, token) => logits.get(token));
}

const tokenized = texts.map((text) => model.tokenize(text));
const logits = [];
for (const prompt of prompts) logits.push(await logitsAfter(prompt));
process.stdout.write(JSON.stringify({ tokenized, logits }));

await context.dispose();
await model.dispose();
await llama.dispose();
