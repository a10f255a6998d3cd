import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RAMBLING } from './bundled-model.ts';
import { ADDRESS, EnginePlace, Participant, TALKATIVE } from './engine-process.ts';

let place: EnginePlace;
let user: Participant;

beforeEach(async () => {
  place = new EnginePlace({ preload: [TALKATIVE] });
  user = new Participant(await place.connect());
  await user.open();
});
afterEach(async () => {
  user.connection.close();
  await place.close();
});

const pin = (turnId: number, pinned = true) => user.connection.request('pin', { address: ADDRESS, turnId, pinned });
const kindOf = async (turnId: number) => (await user.segments()).find((segment) => segment.turnId === turnId)?.kind;
/** All that the model was trained for: an answer that goes on and on evicts nothing for ten seconds. */
const ROOM = { window: 1024 };
const LONG = 'What does map do with the elements of a list? ';

async function restart(): Promise<void> {
  user.connection.close();
  await Promise.all(place.exits);
  user = new Participant(await place.connect());
  await user.open();
}

async function talk(turns: number): Promise<void> {
  for (let at = 0; at < turns; at++) await user.askAndSettle(LONG);
}

describe('a turn that is pinned', () => {
  it('stays in the cache, however long the conversation is, and is known to be pinned', async () => {
    await user.askAndSettle('One');
    await pin(1);
    expect(user.turns.get(1)?.pinned).toBe(true);
    await talk(12);
    expect((await user.held()).slice(0, 2)).toEqual(['sink', 1]);
    expect(await kindOf(1)).toBe('pinned');
    expect(await user.held()).not.toContain(2);
    expect(user.status!.evictedUpTo).toBeGreaterThan(1);
    expect(user.status!.stats.decodedTokens).toBe(user.status!.stats.appendedTokens);
  });

  it('is not compacted, and is there again when the cache is filled from the text', async () => {
    for (const message of ['One', 'Two', 'Three', 'Four']) await user.askAndSettle(message);
    await pin(1);
    await user.connection.request('compact', { address: ADDRESS });
    expect(await user.held()).toEqual(['sink', 1, 3, 4]);
    await user.settled(await user.send('Five', { systemPrompt: 'You are somebody else.' }));
    expect(user.status!.origin).toEqual({ kind: 'rebuilt', reason: 'other-prompt' });
    expect(await user.held()).toEqual(['sink', 1, 3, 4, 5]);
    // Turn 2 is what the model lacks, although one before it is there.
    expect(user.status!.evictedUpTo).toBe(2);
    expect(await kindOf(1)).toBe('pinned');
  });

  it('comes first when the cache is filled again, before newer turns', async () => {
    await user.askAndSettle('One');
    await pin(1);
    await talk(10);
    await user.settled(await user.send('And on', { systemPrompt: 'You are somebody else.' }));
    expect((await user.held()).slice(0, 2)).toEqual(['sink', 1]);
    const oldest = Number((await user.held())[2]);
    expect(oldest).toBeGreaterThan(2);
    expect(user.status!.evictedUpTo).toBe(oldest - 1);
  });

  it('is told to be missing when there is no room for it in a smaller window', async () => {
    await user.settled(await user.send(LONG.repeat(12), { window: 512 }));
    await pin(1);
    await user.settled(await user.send('Two', { window: 256 }));
    expect(user.status!.origin).toMatchObject({ kind: 'rebuilt', pinsLeftOut: 1 });
    expect(await user.held()).toEqual(['sink', 2]);
  });

  it('is pinned after a restart and after a crash', async () => {
    for (const message of ['One', 'Two']) await user.askAndSettle(message);
    await pin(1);
    process.kill(await place.pid(), 'SIGKILL');
    await restart();
    await user.askAndSettle('Three');
    expect(user.status!.origin).toMatchObject({ kind: 'restored' });
    expect(await kindOf(1)).toBe('pinned');
    expect((await user.open())[0]?.pinned).toBe(true);
  });

  it('is evicted as the oldest when it is unpinned, and no turn counts as gone that is there', async () => {
    await user.askAndSettle('One');
    await pin(1);
    await talk(8);
    const { evictedUpTo } = user.status!;
    await pin(1, false);
    expect(await kindOf(1)).toBe('turn');
    expect(user.turns.get(1)?.pinned).toBeUndefined();
    await talk(2);
    expect(await user.held()).not.toContain(1);
    expect(user.status!.evictedUpTo).toBeGreaterThanOrEqual(evictedUpTo);
    expect(await user.held()).not.toContain(user.status!.evictedUpTo);
  });

  it('can be unpinned when nothing is in memory; the cache follows', async () => {
    for (const message of ['One', 'Two']) await user.askAndSettle(message);
    await pin(1);
    await restart();
    await pin(1, false);
    expect((await user.open())[0]?.pinned).toBeUndefined();
    await user.askAndSettle('Three');
    expect(user.status!.origin).toMatchObject({ kind: 'restored' });
    expect(await kindOf(1)).toBe('turn');
  });

  it('must be in the cache', async () => {
    await user.askAndSettle('One');
    await talk(8);
    expect(await user.held()).not.toContain(1);
    await expect(pin(1)).rejects.toMatchObject({ code: 'turn-not-cached' });
    await restart();
    await expect(pin(9)).rejects.toMatchObject({ code: 'turn-not-cached' });
    expect((await user.open()).some(({ pinned }) => pinned)).toBe(false);
  });

  it('may take half of the window with the others: then one of them is named', async () => {
    await user.askAndSettle('One');
    await user.settled(await user.send(LONG.repeat(3)));
    await pin(1);
    await pin(2);
    await user.settled(await user.send(LONG.repeat(3)));
    await expect(pin(3)).rejects.toMatchObject({ code: 'pins-too-large', args: { most: 128, title: `${LONG.slice(0, 39)}…` } });
    expect(await kindOf(3)).toBe('turn');
    const { longestMessage = 0, cache } = user.status!;
    const fixed = cache!.segments.filter(({ kind }) => kind !== 'turn').reduce((sum, { tokens }) => sum + tokens, 0);
    expect(longestMessage).toBe(256 - 32 - fixed);
    await pin(2, false);
    await pin(3);
    await expect(user.ask('And on')).resolves.toMatchObject({ state: 'done' });
  });

  it('can be forgotten', async () => {
    for (const message of ['One', 'Two']) await user.askAndSettle(message);
    await pin(1);
    await user.connection.request('forget', { address: ADDRESS, turnId: 1 });
    expect(await user.held()).toEqual(['sink', 2]);
  });

  it('while another one is answered is pinned also when the engine is killed at once', async () => {
    await user.askAndSettle('One', ROOM);
    const id = await user.send('Write a function', { ...RAMBLING, ...ROOM });
    await user.until(() => user.texts.some(({ turnId }) => turnId === id));
    await pin(1);
    process.kill(await place.pid(), 'SIGKILL');
    await restart();
    await user.askAndSettle('Three', ROOM);
    expect(user.status!.origin).toMatchObject({ kind: 'restored' });
    expect(await kindOf(1)).toBe('pinned');
    expect((await user.open())[0]?.pinned).toBe(true);
  });

  it('while it is being answered itself is pinned when that has ended, and counts whole', async () => {
    const id = await user.send('Write a function', { ...RAMBLING, ...ROOM });
    await user.until(() => user.texts.some(({ turnId }) => turnId === id));
    const pinned = pin(id);
    await user.connection.request('stop', { address: ADDRESS });
    await pinned;
    expect(user.turns.get(id)?.state).toBe('stopped');
    expect(await kindOf(id)).toBe('pinned');
  });
});
