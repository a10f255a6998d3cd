import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { EngineOutput } from '../../../src/extension/engine/engine-output.ts';

async function outputFile(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'endless-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'engine.log');
}

test('what an engine prints is read once, without what earlier ones printed', async () => {
  const file = await outputFile();
  await appendFile(file, 'an earlier engine\n');
  const output = new EngineOutput(file);
  expect(output.readNew()).toBe('');
  await appendFile(file, 'GGML_ASSERT failed\n');
  expect(output.readNew()).toBe('GGML_ASSERT failed');
  expect(output.readNew()).toBe('');
});

test('an engine that prints nothing needs no file', async () => {
  expect(new EngineOutput(await outputFile()).readNew()).toBe('');
});

test('of very much that is printed the end is read', async () => {
  const file = await outputFile();
  const output = new EngineOutput(file);
  await appendFile(file, `${'x'.repeat(100_000)} the end`);
  expect(output.readNew()).toMatch(/^x{1,8192} the end$/);
});
