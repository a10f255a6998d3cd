import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Downloads } from '../../src/engine/downloads/downloads.ts';
import { isUnderWay, type Download } from '../../src/shared/downloads.ts';
import { file, LINKED, LocalServer, MODEL, MODEL_URI, type Answer } from '../engine/downloads/local-hub.ts';
import { smallDisk } from './harness/fault-test.ts';

const HALF = Math.floor(MODEL.length / 2);

/** The downloads of an engine that keeps its data on a small disk, and what the hub was asked. */
async function onSmallDisk(
  megabytes: number,
  ...answers: Answer[]
): Promise<{
  readonly disk: ReturnType<typeof smallDisk>;
  readonly hub: LocalServer;
  readonly path: string;
  readonly outcome: () => Promise<Download>;
}> {
  const hub = await LocalServer.start(...answers);
  onTestFinished(() => hub.close());
  const disk = smallDisk(megabytes);
  let heard = (): void => undefined;
  const downloads = new Downloads({
    dataDirectory: join(disk.path, 'data'),
    broadcast: () => heard(),
    log: () => undefined,
    connections: { env: {} },
    pause: () => Promise.resolve(),
  });
  const outcome = async (): Promise<Download> => {
    const reached = { endpoint: hub.address, noProxy: [] };
    const window = { closed: new Promise<void>(() => undefined) };
    await downloads.start({ uri: MODEL_URI, name: 'Tiny', purpose: 'chat', choice: '', hub: reached }, window);
    for (;;) {
      const told = new Promise<void>((resolve) => (heard = resolve));
      const [download] = await downloads.list();
      if (download && !isUnderWay(download)) return download;
      await told;
    }
  };
  return { disk, hub, path: join(disk.path, 'data', 'models', 'maker', 'tiny-GGUF', 'tiny.gguf'), outcome };
}

it('a model that does not fit on the disk is not begun, and the user is told how much room it needs', async () => {
  const { outcome, path } = await onSmallDisk(4, file());
  const { state, error } = await outcome();
  expect(state).toBe('failed');
  expect(error).toMatchObject({ code: 'disk-space' });
  expect(error?.args['needed']).toBeGreaterThan(MODEL.length);
  expect(error?.args['free']).toBeLessThan(4 * 1024 * 1024);
  expect(existsSync(path)).toBe(false);
});

it('a disk that somebody else fills meanwhile ends the download, and it goes on when there is room', async () => {
  const filled = Promise.withResolvers<void>();
  const inHalves: Answer = (_request, response) => {
    response.writeHead(200, { ...LINKED, 'content-length': MODEL.length });
    response.write(MODEL.subarray(0, HALF), () => void filled.promise.then(() => response.end(MODEL.subarray(HALF))));
  };
  const { disk, hub, outcome, path } = await onSmallDisk(8, inHalves, file());
  const first = outcome();
  // From now on there is no room for all of it, wherever in the first half it is.
  await vi.waitUntil(() => (statSync(`${path}.part`, { throwIfNoEntry: false })?.size ?? 0) > 0, { timeout: 30_000 });
  disk.fill();
  filled.resolve();
  await expect(first).resolves.toMatchObject({ state: 'failed', error: { code: 'disk-full' } });
  expect(existsSync(path)).toBe(false);

  disk.empty();
  await expect(outcome()).resolves.toMatchObject({ state: 'done' });
  expect(readFileSync(path)).toEqual(MODEL);
  expect(hub.asked).toHaveLength(2);
});
