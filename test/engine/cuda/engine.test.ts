import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineClient, type EngineState } from '../../../src/extension/engine/engine-client.ts';
import type { EndlessError } from '../../../src/shared/errors.ts';
import { cudaFolder } from '../../../src/engine/cuda/cuda-folder.ts';
import { cudaRelease } from '../../../src/engine/cuda/cuda-release.ts';
import { RAMBLING } from '../bundled-model.ts';
import { ADDRESS, EnginePlace, Participant, TALKATIVE } from '../engine-process.ts';
import { writeRelease } from './local-registry.ts';

const release = cudaRelease('linux-x64')!;
const WITHOUT_CUDA = resolve(import.meta.dirname, 'without-cuda.mjs');

let place: EnginePlace;
let window: EngineClient;
beforeEach(() => {
  place = new EnginePlace({ preload: [WITHOUT_CUDA, TALKATIVE], env: { ENDLESS_LINGER_MS: '0' } });
  window = new EngineClient(() => place.connect());
});
afterEach(async () => {
  window.dispose();
  await place.close();
});

const asked = async (): Promise<string> => (await window.request('diagnostics', {})).cuda;

/** Stands for npm: it starts another process, tells both numbers, and never ends. */
const ENDLESS_NPM = `#!/bin/sh
sleep 1000 &
echo $$ $! > ../../npm.pids
wait
`;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // Nobody may have waited for it yet.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('an engine', () => {
  it('finds no CUDA where none was downloaded', async () => {
    expect(await asked()).toBe('absent');
  });

  it('finds what was downloaded below its data directory, by the names that the library imports', async () => {
    expect(await asked()).toBe('absent');
    writeRelease(cudaFolder(place.dataDirectory, release), release);
    expect(await asked()).toBe('downloaded');
    expect((await window.request('cuda', {})).folder).toBe(join(place.dataDirectory, 'cuda', release.version));
    await window.request('deleteCuda', {});
    expect(await asked()).toBe('absent');
  });

  it('that is killed takes npm and its processes along, and the next one removes what came in', async () => {
    const folder = join(place.directory, 'bin');
    mkdirSync(folder);
    writeFileSync(join(folder, 'npm'), ENDLESS_NPM, { mode: 0o700 });
    const own = new EnginePlace({
      preload: [WITHOUT_CUDA],
      env: { ENDLESS_LINGER_MS: '0', PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    });
    const connection = await own.connect();
    connection.request('downloadCuda', {}).catch(() => undefined);
    const file = join(own.dataDirectory, 'npm.pids');
    await expect.poll(() => existsSync(file) && /\d \d+\n/.test(readFileSync(file, 'utf8')), { timeout: 60_000 }).toBe(true);
    const pids = readFileSync(file, 'utf8').trim().split(' ').map(Number);
    expect(pids.map(isAlive)).toEqual([true, true]);
    process.kill(await own.pid(), 'SIGKILL');
    await expect.poll(() => pids.map(isAlive), { timeout: 60_000 }).toEqual([false, false]);
    expect(readdirSync(join(own.dataDirectory, 'cuda'))).toEqual([expect.stringMatching(/^part-/)]);
    const next = await own.connect();
    await expect.poll(() => readdirSync(join(own.dataDirectory, 'cuda')), { timeout: 60_000 }).toEqual([]);
    next.close();
    await own.close();
  });

  it('does not count one that is not whole', async () => {
    const [first] = release.packages;
    writeRelease(cudaFolder(place.dataDirectory, release), { ...release, packages: [first!] });
    expect(await asked()).toBe('absent');
  });
});

it('an engine that is to be started anew ends, and its windows find another one: it is no crash', async () => {
  await window.connected();
  const before = await place.pid();
  const states: EngineState['kind'][] = [];
  const isBack = new Promise<void>((resolve) => {
    window.on('state', ({ kind }) => {
      states.push(kind);
      if (kind === 'ready') resolve();
    });
  });
  await window.request('restart', {});
  await isBack;
  expect(states).toEqual(['connecting', 'ready']);
  expect(await place.pid()).not.toBe(before);
});

it('an engine that is to be started anew ends after the answer that runs, and says so also to a window that comes meanwhile', async () => {
  const user = new Participant(await place.connect());
  await user.open();
  const turnId = await user.send('Go on for long.', RAMBLING);
  await user.until(() => user.texts.some((text) => text.turnId === turnId));
  const restarted = user.connection.request('restart', {}).catch((error: unknown) => (error as EndlessError).code);
  // Answered after the engine has begun with that.
  await user.open();
  const states: EngineState['kind'][] = [];
  window.on('state', ({ kind }) => states.push(kind));
  const late = await window.connected();
  await user.connection.request('stop', { address: ADDRESS });
  expect(await user.ended(turnId)).toMatchObject({ state: 'stopped' });
  expect([{}, 'engine-restarted']).toContainEqual(await restarted);
  await late.closed;
  await window.connected();
  expect(states).toEqual(['connecting', 'ready', 'connecting', 'ready']);
});
