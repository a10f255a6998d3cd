import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EngineClient } from '../../src/extension/engine/engine-client.ts';
import type { EnginePlace } from '../engine/engine-process.ts';
import { attend, faultPlace, kill } from './harness/fault-test.ts';

const DAY = 24 * 3_600_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'endless-clock-'));
  setClock(0);
});
afterEach(() => rmSync(folder, { recursive: true }));

const clockFile = (): string => join(folder, 'offset');

/** Sets the clock of the engine wrong by so many milliseconds. */
function setClock(offset: number): void {
  writeFileSync(clockFile(), String(offset));
}

function placeWithClock(): EnginePlace {
  return faultPlace({ preload: [resolve('test/faults/harness/wall-clock.ts')], env: { ENDLESS_CLOCK_FILE: clockFile() } });
}

it('turns stay in the order in which they were written, and figures sane, wherever the clock is set', async () => {
  const place = placeWithClock();
  const user = await attend(place);
  const messages = ['One', 'Two', 'Three', 'Four'];
  for (const [at, offset] of [0, -365 * DAY, 10 * 365 * DAY, -DAY].entries()) {
    setClock(offset);
    const { state, stats } = await user.ask(messages[at]!);
    expect(state).toBe('done');
    expect(stats!.firstTokenMs).toBeGreaterThanOrEqual(0);
    expect(stats!.tokensPerSecond).toBeGreaterThanOrEqual(0);
  }
  const turns = await user.open();
  expect(turns.map(({ message }) => message)).toEqual(messages);
  const times = turns.map(({ createdAt }) => createdAt);
  expect(times).not.toEqual([...times].sort((a, b) => a - b));
  await kill(place);
  setClock(-5 * 365 * DAY);
  expect((await (await attend(place)).open()).map(({ message }) => message)).toEqual(messages);
});

it('each day keeps its own counters', async () => {
  const place = placeWithClock();
  const user = await attend(place);
  const tokensToday = async (message: string): Promise<number> => {
    await user.askAndSettle(message);
    return user.status!.stats.tokensToday;
  };
  const today = await tokensToday('One');
  setClock(2 * DAY);
  const other = await tokensToday('Two');
  setClock(0);
  const both = await tokensToday('Three');
  expect(today).toBeGreaterThan(0);
  expect(other).toBeGreaterThan(0);
  expect(both).toBeGreaterThan(today);
  const database = new DatabaseSync(join(place.dataDirectory, 'conversations', 'demo.sqlite'), { readOnly: true });
  const days = database.prepare('SELECT tokens FROM days ORDER BY day').all();
  database.close();
  expect(days).toEqual([{ tokens: both }, { tokens: other }]);
});

it.each([-DAY, DAY])('the engine still leaves after its last client when the clock moves by %i ms', async (offset) => {
  const place = placeWithClock();
  const user = await attend(place);
  setClock(offset);
  user.connection.close();
  expect(await Promise.all(place.exits)).toEqual([0]);
});

it('a client waits for its engine as long as ever when its clock is set while it waits', async () => {
  const place = faultPlace();
  vi.useFakeTimers({ toFake: ['Date'] });
  const connecting = place.connect();
  vi.setSystemTime(Date.now() + DAY);
  (await connecting).close();
  vi.useRealTimers();
});

it('an engine that crashes again and again is given up after three times, also when the clock runs ahead', async () => {
  const place = faultPlace();
  vi.useFakeTimers({ toFake: ['Date'] });
  const client = new EngineClient(() => place.connect());
  const failed = new Promise((settle) => client.on('state', (state) => (state.kind === 'failed' ? settle(state.error.code) : undefined)));
  let starts = 0;
  client.onConnection(async (connection) => {
    starts += 1;
    vi.setSystemTime(Date.now() + DAY);
    process.kill(await place.pid(), 'SIGKILL');
    await connection.closed;
    await connection.request('hello', { protocolVersion: 0, client: 'x' });
  });
  await expect(client.connected()).rejects.toMatchObject({ code: 'engine-crashed' });
  expect([await failed, starts]).toEqual(['engine-crashed', 4]);
  client.dispose();
  vi.useRealTimers();
});
