import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LlamaModel, Token } from 'node-llama-cpp';
import { inspectModelFile } from '../../../src/engine/model/model-file.ts';
import { chooseBackend, type Backend } from '../../../src/engine/model/native-library.ts';
import { shiftFacts, shiftObstacle } from '../../../src/engine/model/shift-capability.ts';
import { VOCABULARY, type Architecture } from '../../../src/bench/zoo/architecture.ts';
import { ARCHITECTURES } from '../../../src/bench/zoo/architectures.ts';
import { writeZooModel, ZOO } from '../../../src/bench/zoo/zoo.ts';

/** Tokens of a cache. */
const WINDOW = 256;

let backend: Backend;

beforeAll(async () => {
  backend = await chooseBackend({ gpu: 'off', threads: 1 }, () => undefined);
});

afterAll(() => backend.llama.dispose());

describe.each(ZOO)('$name, layers: $layers, BOS: $bos', (animal) => {
  const architecture: Architecture = ARCHITECTURES[animal.name];

  it(`is known as ${architecture.obstacle ?? 'able to shift'}`, async () => {
    const { info, insights } = await inspectModelFile(await writeZooModel(animal));
    expect(shiftObstacle(shiftFacts(info, insights), WINDOW)).toBe(architecture.obstacle);
  });

  it('loads and says what follows a text', async () => {
    const modelPath = await writeZooModel(animal);
    const model = await backend.llama.loadModel({ modelPath, gpuLayers: 0, defaultContextSwaFullCache: true });
    expect(model.tokens.shouldPrependBosToken).toBe(animal.bos);
    const probabilities = await probabilitiesAfter(model, model.tokenize('Fifty tokens, each of them a byte or a space here.'));
    expect(probabilities).toHaveLength(VOCABULARY);
    expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 3);
    // Neither has the model made up its mind, nor does it say anything with equal pleasure.
    expect(Math.max(...probabilities)).toBeLessThan(0.5);
    expect(Math.max(...probabilities)).toBeGreaterThan(2 / VOCABULARY);
    await model.dispose();
  });
});

async function probabilitiesAfter(model: LlamaModel, text: readonly Token[]): Promise<readonly number[]> {
  expect(text).toHaveLength(50);
  const context = await model.createContext({ contextSize: 256, threads: 1 });
  const outputs = await context
    .getSequence()
    .controlledEvaluate([...text.slice(0, -1), [text.at(-1)!, { generateNext: { probabilities: true } }]]);
  return [...(outputs.at(-1)?.next.probabilities?.values() ?? [])];
}
