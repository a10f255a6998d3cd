import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/engine/model/loaded-model.ts';
import { fingerprintOf, inspectModelFile } from '../../src/engine/model/model-file.ts';
import { chooseBackend } from '../../src/engine/model/native-library.ts';
import { openContext } from '../../src/engine/model/role-context.ts';
import { loadWeightsOn } from '../../src/engine/model/weights.ts';
import { BUNDLED_MODEL, testSettings } from './bundled-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'endless-models-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bundled = readFileSync(BUNDLED_MODEL);

function file(name: string, content: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The bundled model with one metadata key misspelt, so that it counts as missing. */
function without(key: string): Buffer {
  const copy = Buffer.from(bundled);
  const at = copy.indexOf(key);
  copy.write('x'.repeat(key.length), at, 'latin1');
  return copy;
}

describe('a model file', () => {
  it('is described without being loaded', async () => {
    await expect(inspectModelFile(BUNDLED_MODEL)).resolves.toMatchObject({
      name: 'endless-tiny',
      architecture: 'llama',
      fileBytes: bundled.length,
      trainedContext: 1024,
    });
  });

  it.each([
    ['that is not there', () => join(folder, 'missing.gguf'), 'model-not-found'],
    ['that is a folder', () => folder, 'model-not-file'],
    ['that is empty', () => file('empty.gguf', ''), 'model-empty'],
    ['that is something else', () => file('text.gguf', 'This is a text, not a model.'), 'model-not-gguf'],
    ['of an unknown architecture', () => file('odd.gguf', odd()), 'model-unsupported'],
  ])('%s is refused with its own code', async (_what, path, code) => {
    await expect(inspectModelFile(path())).rejects.toMatchObject({ code });
  });

  const cuts = [5, 12, 23, 24, 100, 1_000, 50_000, 100_000, Math.floor(bundled.length / 2), bundled.length - 4096, bundled.length - 1];
  it.each(cuts)('cut short after %d bytes is recognised as truncated', async (length) => {
    const path = file(`cut-${String(length)}.gguf`, bundled.subarray(0, length));
    await expect(inspectModelFile(path)).rejects.toMatchObject({ code: 'model-truncated' });
  });

  it('with damage that only loading can find is refused without ending the process, and the damage is named', async () => {
    const path = file('damaged.gguf', without('blk.0.attn_q.weight'));
    const listener = { log: () => undefined, onProgress: () => undefined };
    await expect(loadModel(testSettings({ modelPath: path }), listener)).rejects.toMatchObject({
      code: 'model-damaged',
      args: { tensor: 'blk.0.attn_q.weight' },
    });
  });

  it('with no chat template is known as one that only goes on with a text, and no chat is held with it', async () => {
    const path = file('plain.gguf', without('tokenizer.chat_template'));
    expect((await inspectModelFile(path)).chatTemplate).toBeUndefined();
    const listener = { log: () => undefined, onProgress: () => undefined };
    await expect(loadModel(testSettings({ modelPath: path }), listener)).rejects.toMatchObject({ code: 'no-chat-template' });
  });

  it('that does not fit into memory is refused with what it needs', async () => {
    const listener = { log: () => undefined, onProgress: () => undefined };
    const backend = await chooseBackend({ gpu: 'off', threads: 1 }, listener.log);
    await backend.llama.setRamCap(1_000_000);
    const loading = loadWeightsOn(backend, await inspectModelFile(BUNDLED_MODEL), testSettings(), listener, (weights) =>
      openContext(weights, { role: 'chat', tokens: 256 }),
    );
    await expect(loading).rejects.toMatchObject({ code: 'out-of-memory', args: { bytes: bundled.length } });
  });

  it('has a fingerprint of its content, not of its name', async () => {
    const copy = join(folder, 'copy.gguf');
    copyFileSync(BUNDLED_MODEL, copy);
    const changed = Buffer.from(bundled);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    const prints = await Promise.all(
      [BUNDLED_MODEL, copy, file('changed.gguf', changed)].map((path) => fingerprintOf({ path, fileBytes: bundled.length })),
    );
    expect(prints[0]).toBe(prints[1]);
    expect(prints[0]).not.toBe(prints[2]);
  });
});

/** The bundled model with an architecture that does not exist; the name keeps its length. */
function odd(): Buffer {
  const copy = Buffer.from(bundled);
  const key = copy.indexOf('general.architecture');
  copy.write('lxxxx', copy.indexOf('llama', key), 'latin1');
  return copy;
}
