import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRunDirectory, newRecord, publishRecord, readRecord, runDirectory, withdrawRecord } from '../../../src/link/run-directory.ts';
import { runFolder } from './run-folder.ts';

describe('the rendezvous folder', () => {
  test('is the one that the environment names', () => {
    expect(runDirectory({ ENDLESS_RUN_DIR: '/a', XDG_RUNTIME_DIR: '/b' })).toBe('/a');
  });

  test.skipIf(process.platform === 'win32')('stands in the runtime directory, else in the home directory', () => {
    expect(runDirectory({ XDG_RUNTIME_DIR: '/b' })).toBe('/b/endless');
    expect(runDirectory({})).toMatch(/\/\.endless\/run$/);
  });

  test.skipIf(process.platform === 'win32')('and the record in it can be read by the user only', async () => {
    const directory = join(await runFolder(), 'run');
    await createRunDirectory(directory);
    await publishRecord(directory, newRecord(directory, 1));
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, 'engine.json'))).mode & 0o777).toBe(0o600);
  });

  test('gives sockets names that are short enough for every platform', () => {
    const deep = `/${'long-name/'.repeat(20)}`;
    expect(Buffer.byteLength(newRecord(deep, 1).socket)).toBeLessThanOrEqual(103);
  });

  test('gives every engine another socket and secret', () => {
    const [a, b] = [newRecord('/a', 1), newRecord('/a', 1)];
    expect(a.socket).not.toBe(b.socket);
    expect(a.secret).not.toBe(b.secret);
    expect(a.secret).toHaveLength(64);
  });
});

describe('the record', () => {
  test('is read as it was published, and gone when it was withdrawn', async () => {
    const directory = await runFolder();
    const record = newRecord(directory, 1);
    await publishRecord(directory, record);
    expect(await readRecord(directory)).toEqual(record);
    await withdrawRecord(directory, record);
    expect(await readRecord(directory)).toBeUndefined();
  });

  test('of another engine is left alone', async () => {
    const directory = await runFolder();
    const [old, current] = [newRecord(directory, 1), newRecord(directory, 1)];
    await publishRecord(directory, current);
    await withdrawRecord(directory, old);
    expect(await readRecord(directory)).toEqual(current);
  });

  test.each(['', 'not json', '{}', '{"pid":1,"protocolVersion":1,"socket":"/s","secret":"short"}'])('is no record: %j', async (text) => {
    const directory = await runFolder();
    await writeFile(join(directory, 'engine.json'), text);
    expect(await readRecord(directory)).toBeUndefined();
  });
});
