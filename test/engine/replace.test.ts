import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ADDRESS, EnginePlace, Participant, TALKATIVE } from './engine-process.ts';
import type { EngineSettings } from '../../src/shared/protocol/engine-settings.ts';
import { RAMBLING, testSettings } from './bundled-model.ts';

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

const messages = async (): Promise<readonly string[]> => (await user.open()).map(({ message }) => message);

async function replace(replaces: number, message: string, settings: Partial<EngineSettings> = {}): Promise<number> {
  const id = await user.sendWith({ message, replaces, settings: testSettings(settings) });
  await user.settled(id);
  return id;
}

async function reconnect(): Promise<void> {
  user = new Participant(await place.connect());
  await user.open();
}

/** Talks until a turn has left the cache. */
async function talkUntilGone(turnId: number): Promise<void> {
  while ((user.status?.evictedUpTo ?? 0) < turnId) await user.askAndSettle('What does map do with the elements of a list? '.repeat(2));
}

describe('a message that takes the place of a turn', () => {
  it('and of all behind it cuts them off: only the message and its answer are evaluated', async () => {
    for (const message of ['One', 'Two', 'Three', 'Four']) await user.askAndSettle(message);
    const { stats } = user.status!;
    const before = user.status!.cache!.segments;
    const id = await replace(3, 'Another three');
    expect(await messages()).toEqual(['One', 'Two', 'Another three']);
    expect(user.forgotten).toEqual([{ turnId: 3, andLater: true }]);
    const { segments } = user.status!.cache!;
    expect(await user.held()).toEqual(['sink', 1, 2, id]);
    expect(segments.slice(0, 3)).toEqual(before.slice(0, 3));
    expect(user.status!.stats.decodedTokens - stats.decodedTokens).toBe(segments.at(-1)!.tokens);
    expect(user.status!.stats.appendedTokens).toBe(user.status!.stats.decodedTokens);
    expect(user.status!.origin).toEqual({ kind: 'new' });
    expect(user.status!.stats.rebuildsToday).toBe(0);
  });

  it('and says the same has only its answer evaluated, however much is attached', async () => {
    await user.askAndSettle('One');
    const attachments = [{ key: 'a', kind: 'file' as const, label: 'a.ts', text: 'const a = 1;\n'.repeat(6) }];
    const first = await user.settled(await user.sendWith({ message: 'Two', attachments }));
    const told = user.status!.cache!.segments.at(-1)!;
    const { decodedTokens } = user.status!.stats;
    const again = await user.settled(await user.sendWith({ message: 'Two', attachments, replaces: first.id }));
    const segment = user.status!.cache!.segments.at(-1)!;
    const { header, message, answerHeader } = told;
    expect(segment).toMatchObject({ kind: 'turn', turnId: again.id, header, message, answerHeader });
    expect(user.status!.stats.decodedTokens - decodedTokens).toBe(segment.tokens - header - message);
    expect(again.answer).toBe(first.answer);
    expect(await user.held()).toEqual(['sink', 1, again.id]);
  });

  it('and says the same comes back with that after a crash', async () => {
    await user.askAndSettle('One');
    const first = await user.askAndSettle('Two');
    const again = await user.sendWith({ message: 'Two', replaces: first.id });
    await user.until(() => user.texts.some(({ turnId }) => turnId === again));
    process.kill(await place.pid(), 'SIGKILL');
    await user.connection.closed;
    await reconnect();
    const { id } = await user.askAndSettle('Three');
    expect(user.status!.origin).toMatchObject({ kind: 'restored' });
    expect(await user.held()).toEqual(['sink', 1, again, id]);
  });

  it('takes none where another window has taken that turn back: what came since stays', async () => {
    for (const message of ['One', 'Two', 'Three']) await user.askAndSettle(message);
    await user.connection.request('forget', { address: ADDRESS, turnId: 2 });
    const id = await replace(2, 'Another two');
    expect(await messages()).toEqual(['One', 'Three', 'Another two']);
    expect(user.forgotten).toEqual([{ turnId: 2 }]);
    expect(await user.held()).toEqual(['sink', 1, 3, id]);
  });

  it('gives the same answer as if what it replaces had never been', async () => {
    await user.askAndSettle('One');
    const first = await user.askAndSettle('Two');
    await user.askAndSettle('Three');
    const again = await user.settled(await user.sendWith({ message: 'Two', replaces: first.id }));
    expect(again.answer).toBe(first.answer);
    const { hits } = await user.connection.request('search', { address: ADDRESS, query: 'Three', limit: 5 });
    expect(hits).toEqual([]);
  });

  it('rewinds once, however often it is sent', async () => {
    await user.askAndSettle('One');
    const id = await user.sendWith({ key: 'same', message: 'Another one', replaces: 1 });
    await user.settled(id);
    await user.askAndSettle('Two');
    expect(await user.sendWith({ key: 'same', message: 'Another one', replaces: 1 })).toBe(id);
    expect(await messages()).toEqual(['Another one', 'Two']);
    expect(user.forgotten).toHaveLength(1);
  });

  it('stops what is being answered, and what waits is never worked on', async () => {
    // So much that the answer evicts nothing.
    const room = { window: 2048 };
    await user.askAndSettle('One', room);
    const running = await user.send('Write a function', { ...RAMBLING, ...room });
    const waiting = await user.send('Wait', room);
    await user.until(() => user.texts.some(({ turnId }) => turnId === running));
    const id = await replace(running, 'Something else', room);
    expect(await messages()).toEqual(['One', 'Something else']);
    expect(await user.held()).toEqual(['sink', 1, id]);
    expect(user.turns.get(waiting)?.state).toBe('queued');
    expect(user.ghosts).toEqual([]);
  });

  it('of one that failed cuts nothing else off, and fills nothing again', async () => {
    await user.askAndSettle('One');
    const failed = await user.ask('const a = 1;\n'.repeat(200));
    expect(failed.error?.code).toBe('message-too-long');
    const id = await replace(failed.id, 'Shorter');
    expect(await user.held()).toEqual(['sink', 1, id]);
    expect(user.status!.stats.rebuildsToday).toBe(0);
  });

  it('of one that has left the cache fills it again with the turns before it, and says so', async () => {
    await talkUntilGone(3);
    const id = await replace(3, 'Another three');
    expect(user.status!.origin).toEqual({ kind: 'rebuilt', reason: 'edited' });
    expect(user.status!.stats.rebuildsToday).toBe(1);
    const held = await user.held();
    expect(held.slice(-2)).toEqual([2, id]);
    expect(user.status!.evictedUpTo).toBe(Number(held[1]) - 1);
    expect(user.status!.stats.decodedTokens).toBe(user.status!.stats.appendedTokens);
    await user.askAndSettle('And on');
    expect(user.status!.stats.rebuildsToday).toBe(1);
  });

  it('cuts off what a restored cache still has of them', async () => {
    for (const message of ['One', 'Two', 'Three']) await user.askAndSettle(message);
    user.connection.close();
    await Promise.all(place.exits);
    await reconnect();
    const id = await replace(2, 'Another two');
    expect(user.status!.origin).toMatchObject({ kind: 'restored' });
    expect(await user.held()).toEqual(['sink', 1, id]);
  });

  it('fills the cache again also where it was not in memory', async () => {
    await talkUntilGone(2);
    user.connection.close();
    await Promise.all(place.exits);
    await reconnect();
    const id = await replace(2, 'Another two');
    expect(user.status!.origin).toEqual({ kind: 'rebuilt', reason: 'edited' });
    expect(await user.held()).toEqual(['sink', 1, id]);
    expect(user.status!.evictedUpTo).toBe(0);
  });

  it('is there, or nothing has happened, when the engine is killed at once', async () => {
    for (const message of ['One', 'Two']) await user.askAndSettle(message);
    const pid = await place.pid();
    const params = { address: ADDRESS, key: 'same', message: 'Another two', settings: testSettings(), replaces: 2 };
    const sent = user.connection.request('send', params).catch(() => undefined);
    process.kill(pid, 'SIGKILL');
    await sent;
    await user.connection.closed;
    await reconnect();
    expect([
      ['One', 'Two'],
      ['One', 'Another two'],
    ]).toContainEqual(await messages());
    const { turnId } = await user.connection.request('send', params);
    expect(await messages()).toEqual(['One', 'Another two']);
    const { id } = await user.ask('Three');
    await user.until(() => user.status?.cache?.segments.some(({ turnId }) => turnId === id) ?? false);
    expect(await user.held()).not.toContain(2);
    expect(turnId).toBeGreaterThan(2);
  });

  it('belongs to the section of what it replaces, and what was compacted since is there again', async () => {
    for (const message of ['One', 'Two', 'Three']) await user.askAndSettle(message);
    await user.connection.request('beginSection', { address: ADDRESS });
    await user.askAndSettle('Four');
    const id = await replace(3, 'Another three');
    expect(user.turns.get(id)?.section).toBe(0);
    expect(await user.held()).toEqual(['sink', 2, id]);
    expect(user.status!.section).toBe(0);
  });
});
