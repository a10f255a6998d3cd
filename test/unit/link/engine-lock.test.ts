import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { EngineLock } from '../../../src/link/engine-lock.ts';
import { readRecord } from '../../../src/link/run-directory.ts';
import { startScriptedEngine } from '../../scripted-engine/start.ts';
import { connect, runFolder } from './run-folder.ts';

test('of twenty engines that start at once exactly one serves the folder', { timeout: 60_000 }, async ({ onTestFinished }) => {
  const directory = await runFolder();
  const engines = Array.from({ length: 20 }, () => startScriptedEngine(directory));
  onTestFinished(async () => {
    await Promise.all(engines.map((engine) => engine.kill('SIGKILL')));
  });

  const announced = await Promise.all(engines.map((engine) => engine.announced));

  expect(announced.filter((line) => line === 'ready')).toHaveLength(1);
  expect(announced.filter((line) => line === 'taken')).toHaveLength(19);
  await connect(directory);
});

test('the losers end with exit code 0', { timeout: 30_000 }, async ({ onTestFinished }) => {
  const directory = await runFolder();
  const winner = startScriptedEngine(directory);
  onTestFinished(() => winner.kill('SIGKILL'));
  await winner.announced;
  expect(await startScriptedEngine(directory).exited).toBe(0);
});

test('an engine that is killed frees the folder for the next one', { timeout: 30_000 }, async ({ onTestFinished }) => {
  const directory = await runFolder();
  const first = startScriptedEngine(directory);
  expect(await first.announced).toBe('ready');
  expect(EngineLock.acquire(directory)).toBeUndefined();
  await first.kill('SIGKILL');

  const second = startScriptedEngine(directory);
  onTestFinished(() => second.kill('SIGKILL'));

  expect(await second.announced).toBe('ready');
  await connect(directory);
  expect((await readdir(directory)).filter((name) => name.endsWith('.sock'))).toHaveLength(1);
});

test('an engine that ends in peace takes its record back', { timeout: 30_000 }, async () => {
  const directory = await runFolder();
  const engine = startScriptedEngine(directory);
  await engine.announced;
  expect(await readRecord(directory)).toBeDefined();
  await engine.kill('SIGTERM');
  expect(await readRecord(directory)).toBeUndefined();
});

test('a lock that is released can be had again', async () => {
  const directory = await runFolder();
  const lock = EngineLock.acquire(directory);
  expect(EngineLock.acquire(directory)).toBeUndefined();
  lock!.release();
  const again = EngineLock.acquire(directory);
  expect(again).toBeDefined();
  again!.release();
});
