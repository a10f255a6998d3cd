import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { readRecord } from '../../src/link/run-directory.ts';
import type { EnginePlace } from '../engine/engine-process.ts';
import { attend, faultPlace } from './harness/fault-test.ts';

const TRIES = 100;

/** Starts two at once; the one that is there when the other has left serves alone. */
async function race(place: EnginePlace, formerPid: number | undefined): Promise<number> {
  const [one, two] = [place.start().exited, place.start().exited];
  expect(await Promise.race([one, two])).toBe(0);
  const pid = await vi.waitFor(
    async () => {
      const published = (await readRecord(place.runDirectory))?.pid;
      if (published === undefined || published === formerPid) throw new Error('none has published itself');
      return published;
    },
    { timeout: 30_000, interval: 5 },
  );
  expect(readdirSync(place.runDirectory).filter((name) => name.endsWith('.sock'))).toHaveLength(1);
  // Were there two, one would outlive this, and the test would never end.
  process.kill(pid, 'SIGKILL');
  expect((await Promise.all([one, two])).sort()).toEqual([0, 1]);
  return pid;
}

it(
  `of two engines that are started at once after a crash one serves and the other leaves, ${TRIES} times`,
  { timeout: 1_800_000 },
  async () => {
    // What two hundred engines read is compiled once.
    const compileCache = mkdtempSync(join(tmpdir(), 'endless-compiled-'));
    onTestFinished(() => rmSync(compileCache, { recursive: true }));
    const place = faultPlace({ env: { ENDLESS_LINGER_MS: '60000', NODE_COMPILE_CACHE: compileCache } });
    let pid: number | undefined;
    for (let at = 0; at < TRIES; at++) pid = await race(place, pid);
  },
);

it('an engine that is published elsewhere does not touch the data of another, says so, and may when that has gone', async () => {
  const first = faultPlace();
  const user = await attend(first);
  await user.askAndSettle('Hello');
  const second = faultPlace({ dataDirectory: first.dataDirectory });
  await expect(second.connect()).rejects.toMatchObject({ code: 'data-in-use' });
  await expect(user.ask('Thanks')).resolves.toMatchObject({ state: 'done' });

  user.connection.close();
  await Promise.all(first.exits);
  const turns = await (await attend(second)).open();
  expect(turns.map(({ message }) => message)).toEqual(['Hello', 'Thanks']);
});
