import { readFileSync } from 'node:fs';
import { getLlama, type Llama, type LlamaModel } from 'node-llama-cpp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { estimateTokens } from '../../../src/engine/model/remote/token-estimate.ts';
import { BUNDLED_MODEL } from '../bundled-model.ts';

let llama: Llama;
let model: LlamaModel;

beforeAll(async () => {
  llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, maxThreads: 1 });
  model = await llama.loadModel({ modelPath: BUNDLED_MODEL, vocabOnly: true });
});
afterAll(() => llama.dispose());

/** The vocabulary of the bundled model is small, and knows English and code only: others make fewer tokens of the same text. */
it.each(['src/engine/cache/kv-cache.ts', 'src/webview/styles.css', 'package.json', 'README.md', 'training/README.md'])(
  'an estimate of the tokens of %s is not too low, and not far too high',
  (file) => {
    const text = readFileSync(file, 'utf8');
    const tokens = model.tokenize(text, false).length;
    expect(estimateTokens(text)).toBeGreaterThanOrEqual(tokens);
    expect(estimateTokens(text)).toBeLessThan(2 * tokens);
  },
);

it.each(['', 'a', '1234567890', '{}[]();', 'äöüß 你好，世界 🌲', '    \n\n\n\t\tx'])('nor is that of %j', (text) => {
  expect(estimateTokens(text)).toBeGreaterThanOrEqual(model.tokenize(text, false).length);
});
