import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CheckpointFiles } from '../../src/engine/memory/checkpoint-files.ts';
import type { StateFile } from '../../src/engine/memory/manifest.ts';

let folder: string;
let files: CheckpointFiles;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'endless-data-'));
  files = new CheckpointFiles(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = ({ name }: StateFile): string => join(folder, 'checkpoints', name);
const names = (): readonly string[] => readdirSync(join(folder, 'checkpoints'));
const write = (conversation: string, bytes = 100): Promise<StateFile> =>
  files.write(conversation, async (to) => writeFileSync(to, Buffer.alloc(bytes, 7)));

describe('a checkpoint file', () => {
  it('is there once it is whole, for the user alone', async () => {
    const file = await write('demo');
    expect(file.bytes).toBe(100);
    expect(await files.verified(file)).toEqual({ path: path(file) });
    expect(statSync(path(file)).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing when it cannot be written', async () => {
    const failing = files.write('demo', async (to) => {
      writeFileSync(to, 'half');
      throw new Error('no room');
    });
    await expect(failing).rejects.toThrow('no room');
    expect(names()).toEqual([]);
  });

  it.each([
    ['cut off', (file: StateFile) => truncateSync(path(file), 50), 'damaged'],
    [
      'changed by one bit',
      (file: StateFile) => writeFileSync(path(file), Buffer.concat([Buffer.alloc(99, 7), Buffer.from([6])])),
      'damaged',
    ],
    ['gone', (file: StateFile) => rmSync(path(file)), 'missing'],
  ] as const)('is not trusted when it is %s', async (_, spoil, verdict) => {
    const file = await write('demo');
    spoil(file);
    expect(await files.verified(file)).toBe(verdict);
  });

  it('takes the place of the others of its conversation, and of no other', async () => {
    const [older, newer] = [await write('demo'), await write('demo')];
    const similar = await write('demo-2');
    await files.removeAllBut('demo', [newer]);
    expect([older, newer, similar].map((file) => existsSync(path(file)))).toEqual([false, true, true]);
  });

  it('goes when there is too much, the oldest first', async () => {
    const written = [await write('a'), await write('b'), await write('c')];
    for (const [at, file] of written.entries()) utimesSync(path(file), at, at);
    await files.prune(200);
    expect(written.map((file) => existsSync(path(file)))).toEqual([false, true, true]);
    await files.prune(0);
    expect(names()).toEqual([]);
  });

  it('does not count while it is being written, nor when it goes while it is counted', async () => {
    await write('a');
    writeFileSync(join(folder, 'checkpoints', 'b-1.kv.partial'), Buffer.alloc(1000));
    await Promise.all([files.prune(500), files.prune(0), files.prune(0)]);
    expect(names()).toEqual(['b-1.kv.partial']);
  });

  it('that was never finished goes when the next engine begins', async () => {
    const file = await write('demo');
    writeFileSync(`${path(file)}.partial`, 'half');
    await files.removePartial();
    expect(names()).toEqual([file.name]);
  });
});
