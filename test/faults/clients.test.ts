import { expect, it } from 'vitest';
import { EngineClient } from '../../src/extension/engine/engine-client.ts';
import type { Turn } from '../../src/shared/protocol/turn.ts';
import { ADDRESS, Participant } from '../engine/engine-process.ts';
import { attend, faultPlace } from './harness/fault-test.ts';

const CLIENTS = 20;
const each = Array.from({ length: CLIENTS }, (_, at) => at);

it('twenty windows that come at once meet at one engine, and all hear the same', async () => {
  const place = faultPlace();
  const windows = await Promise.all(each.map(() => attend(place)));
  const pids = await Promise.all(
    windows.map(async ({ connection }) => (await connection.request('hello', { protocolVersion: 0, client: 'x' })).pid),
  );
  expect(new Set(pids).size).toBe(1);
  const turn = await windows[0]!.ask('Hello');
  await Promise.all(windows.map((window) => expect(window.ended(turn.id)).resolves.toEqual(turn)));
  for (const { texts } of windows) expect(texts).toEqual(windows[0]!.texts);
});

it('two windows that write at once are both answered, each message once and in one order for both', async () => {
  const place = faultPlace();
  const [one, two] = [await attend(place), await attend(place)];
  const ids = await Promise.all([one.send('From one'), two.send('From two'), one.send('One again'), two.send('Two again')]);
  await Promise.all(ids.flatMap((id) => [one.ended(id), two.ended(id)]));
  const [seenByOne, seenByTwo] = [await one.open(), await two.open()];
  expect(seenByOne).toEqual(seenByTwo);
  expect(seenByOne.map(({ state }) => state)).toEqual(Array<Turn['state']>(4).fill('done'));
  expect(seenByOne.map(({ message }) => message).sort()).toEqual(['From one', 'From two', 'One again', 'Two again']);
});

it('twenty conversations take turns in the one cache, and every message is answered', async () => {
  const place = faultPlace();
  const windows = await Promise.all(each.map((at) => attend(place, { conversationId: `c${at}` })));
  const turns = await Promise.all(windows.map((window, at) => window.ask(`Message ${at}`, { maxAnswerTokens: 4 })));
  expect(turns.map(({ state, message }) => [state, message])).toEqual(each.map((at) => ['done', `Message ${at}`]));
});

it('when the engine crashes, every window notices, and all of them meet at the one that takes its place', async () => {
  const place = faultPlace();
  const windows = each.map(() => new EngineClient(() => place.connect()));
  const pid = async (client: EngineClient): Promise<number> =>
    (await client.requestUntilAnswered('hello', { protocolVersion: 0, client: 'x' })).pid;
  const [first] = await Promise.all(windows.map(pid));
  const noticed = windows.map(
    (client) => new Promise<void>((resolve) => client.on('state', ({ kind }) => (kind === 'restarting' ? resolve() : undefined))),
  );

  process.kill(first!, 'SIGKILL');

  await Promise.all(noticed);
  const pids = new Set(await Promise.all(windows.map(pid)));
  expect(pids.size).toBe(1);
  expect(pids).not.toContain(first);
  const user = new Participant(await windows[0]!.connected());
  await user.open();
  await expect(user.ask('Hello')).resolves.toMatchObject({ state: 'done' });
  expect(await windows[1]!.request('open', { address: ADDRESS, turns: 1 })).toMatchObject({ turns: [{ message: 'Hello' }] });
  for (const client of windows) client.dispose();
});
