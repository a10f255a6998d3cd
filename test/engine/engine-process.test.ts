import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, enginePreferences } from '../../src/shared/settings.ts';
import { RAMBLING } from './bundled-model.ts';
import { ADDRESS, EnginePlace, Participant, TALKATIVE } from './engine-process.ts';

let place: EnginePlace;
let participants: Participant[];

beforeEach(() => {
  place = new EnginePlace({ preload: [TALKATIVE] });
  participants = [];
});
afterEach(async () => {
  for (const { connection } of participants) connection.close();
  await place.close();
});

async function attend(address = ADDRESS): Promise<Participant> {
  const participant = new Participant(await place.connect(), address);
  participants.push(participant);
  await participant.open();
  return participant;
}

describe('the engine process', () => {
  it('answers, and has written down what it says before it says it', async () => {
    const user = await attend();
    const turn = await user.ask('Write a function that adds numbers');
    expect(turn).toMatchObject({ state: 'done', message: 'Write a function that adds numbers' });
    expect(user.texts.map(({ text }) => text).join('')).toBe(turn.answer);
    expect(turn.answer.length).toBeGreaterThan(0);
  });

  it('tells every window of a conversation the same', async () => {
    const [one, two] = [await attend(), await attend()];
    const turn = await one.ask('Hello');
    await expect(two.ended(turn.id)).resolves.toEqual(turn);
    expect(two.texts).toEqual(one.texts);
  });

  it('takes messages that come while it answers, one after the other', async () => {
    const user = await attend();
    const ids = [await user.send('Hello'), await user.send('Thanks'), await user.send('Bye')];
    const turns = await Promise.all(ids.map((id) => user.ended(id)));
    expect(turns.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(turns.map(({ message }) => message)).toEqual(['Hello', 'Thanks', 'Bye']);
  });

  it('stops when any window asks it to, and keeps what was written', async () => {
    const [one, two] = [await attend(), await attend()];
    const id = await one.send('Write a function', RAMBLING);
    await two.until(() => two.texts.some(({ turnId }) => turnId === id));
    await two.connection.request('stop', { address: ADDRESS });
    const turn = await one.ended(id);
    expect(turn.state).toBe('stopped');
    expect(turn.answer).toBe(
      one.texts
        .filter(({ turnId }) => turnId === turn.id)
        .map(({ text }) => text)
        .join(''),
    );
    await expect(one.ask('Hello')).resolves.toMatchObject({ state: 'done' });
  });

  it('leaves the next answer alone when the one that is to be stopped is over', async () => {
    const user = await attend();
    const first = await user.send('Write a function', RAMBLING);
    const second = await user.send('Write a function', RAMBLING);
    await user.until(() => user.texts.some(({ turnId }) => turnId === first));
    await user.connection.request('stop', { address: ADDRESS, turnId: first });
    await user.until(() => user.texts.some(({ turnId }) => turnId === second));
    await user.connection.request('stop', { address: ADDRESS, turnId: first });
    const heard = user.texts.length;
    await user.until(() => user.texts.length > heard + 1);
    expect(user.turns.get(second)?.state).toBe('running');
    await user.connection.request('stop', { address: ADDRESS, turnId: second });
    expect((await user.ended(second)).state).toBe('stopped');
  });

  it('stops an answer that still waits for another window, too', async () => {
    const user = await attend();
    const id = await user.send('Hello', RAMBLING);
    await user.connection.request('stop', { address: ADDRESS });
    expect((await user.ended(id)).state).toBe('stopped');
    await expect(user.ask('Hello')).resolves.toMatchObject({ state: 'done' });
  });

  it('survives being killed in the middle of an answer: the text is there and the chat goes on', async () => {
    const user = await attend();
    // What is said costs no more than the window, or the cache would be filled again.
    const room = { window: 1024 };
    const before = await user.ask('Hello', room);
    const id = await user.send('Write a function', { ...RAMBLING, ...room });
    await user.until(() => user.texts.some(({ turnId }) => turnId === id));
    process.kill(await place.pid(), 'SIGKILL');
    await user.connection.closed;
    const shown = user.texts.filter(({ turnId }) => turnId === id).map(({ text }) => text);

    const again = new Participant(await place.connect());
    participants.push(again);
    const turns = await again.open();
    expect(turns[0]).toEqual(before);
    expect(turns[1]?.state).toBe('interrupted');
    expect(turns[1]?.answer.startsWith(shown.join(''))).toBe(true);
    await expect(again.ask('Thanks', room)).resolves.toMatchObject({ state: 'done' });
    const { status } = await again.connection.request('open', { address: ADDRESS, turns: 1 });
    expect(status.origin).toMatchObject({ kind: 'restored' });
    expect(status.stats.rebuildsToday).toBe(0);
  });

  it('tells a conversation that it has left the cache for another one', async () => {
    const [one, other] = [await attend(), await attend({ ...ADDRESS, conversationId: 'other' })];
    await one.connection.request('prefer', { preferences: { ...enginePreferences(DEFAULT_SETTINGS), residents: 1 } });
    await one.askAndSettle('Hello');
    expect(one.status?.cache?.used).toBeGreaterThan(0);
    await other.askAndSettle('Hello');
    await one.until(() => one.status?.cache === undefined);
    expect(other.status?.cache?.used).toBeGreaterThan(0);
  });

  it('says what is wrong with a model, keeps the message, and goes on with another', async () => {
    const user = await attend();
    const failed = await user.ask('Hello', { modelPath: join(place.directory, 'missing.gguf') });
    expect(failed).toMatchObject({ state: 'failed', message: 'Hello', error: { code: 'model-not-found' } });
    await expect(user.ask('Hello again')).resolves.toMatchObject({ state: 'done' });
  });

  it('says that a message is too long and keeps it', async () => {
    const user = await attend();
    const long = 'const a = 1;\n'.repeat(200);
    const turn = await user.ask(long);
    expect(turn).toMatchObject({ state: 'failed', message: long, error: { code: 'message-too-long' } });
  });

  it('loads no model before the first message', async () => {
    const user = await attend();
    const { status } = await user.connection.request('open', { address: ADDRESS, turns: 1 });
    expect(status.model).toBeUndefined();
  });

  it('goes on with an answer when the window that asked has gone', async () => {
    const user = await attend();
    const id = await user.send('Write a function', RAMBLING);
    await user.until(() => user.texts.some(({ turnId }) => turnId === id));
    user.connection.close();
    const other = await attend();
    await other.until(() => other.texts.some(({ turnId }) => turnId === id));
    await other.connection.request('stop', { address: ADDRESS });
    await expect(other.ended(id)).resolves.toMatchObject({ state: 'stopped' });
  });

  it('leaves after its last client, taking its socket and record with it, and keeps everything private', async () => {
    await place.close();
    place = new EnginePlace({ isFirst: true });
    const user = await attend();
    await user.askAndSettle('Hello');
    const files = readdirSync(place.directory, { recursive: true }).map((name) => join(place.directory, String(name)));
    // What is written under another name first may be gone by now.
    for (const path of files) expect((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077).toBe(0);
    user.connection.close();
    expect(await Promise.all(place.exits)).toEqual([0]);
    expect(existsSync(join(place.runDirectory, 'engine.json'))).toBe(false);
    expect(readdirSync(place.runDirectory).filter((name) => name.endsWith('.sock'))).toEqual([]);
  });

  it('makes way for a newer client', async () => {
    const user = await attend();
    await user.ask('Hello');
    // Whether the answer comes before the engine has gone is all the same to the newer client.
    const answer = await user.connection.request('hello', { protocolVersion: 999, client: 'newer' }).catch((error: unknown) => error);
    if (answer instanceof Error) expect(answer).toMatchObject({ code: 'engine-crashed' });
    await user.connection.closed;
    expect(await Promise.all(place.exits)).toEqual([0]);
  });

  it('leaves out what the user has put aside when the cache is filled again', async () => {
    const user = await attend();
    for (const message of ['One', 'Two', 'Three']) await user.askAndSettle(message);
    await expect(user.connection.request('beginSection', { address: ADDRESS })).resolves.toEqual({ section: 1 });
    // Another conversation takes the cache.
    const other = await attend({ conversationId: 'other' });
    await other.askAndSettle('Hello');
    await user.askAndSettle('Four');
    const turnIds = user.status!.cache!.segments.flatMap(({ turnId }) => turnId ?? []);
    expect(turnIds).toEqual([2, 3, 4]);
    expect(user.status).toMatchObject({ section: 1, evictedUpTo: 1 });
    expect(user.turns.get(4)!.section).toBe(1);
  });

  it('compacts when it is asked to, and has nothing to do the next time', async () => {
    const user = await attend();
    await expect(user.connection.request('compact', { address: ADDRESS })).resolves.toEqual({ evicted: 0 });
    for (const message of ['One', 'Two', 'Three']) await user.askAndSettle(message);
    const { evicted } = await user.connection.request('compact', { address: ADDRESS });
    expect(evicted).toBeGreaterThan(0);
    await expect(user.connection.request('compact', { address: ADDRESS })).resolves.toEqual({ evicted: 0 });
    await user.askAndSettle('Four');
    expect(user.status!.stats.decodedTokens).toBe(user.status!.stats.appendedTokens);
  });
});
