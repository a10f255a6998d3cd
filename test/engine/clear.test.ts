import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChatSlot } from '../../src/engine/conversation/chat-slot.ts';
import { Conversation } from '../../src/engine/conversation/conversation.ts';
import { CheckpointFiles } from '../../src/engine/memory/checkpoint-files.ts';
import { UNDO_MS } from '../../src/engine/memory/cleared-turns.ts';
import { Transcript } from '../../src/engine/memory/transcript.ts';
import { ModelSlot } from '../../src/engine/model/model-slot.ts';
import { ServerAccess } from '../../src/engine/model/remote/server-access.ts';
import { ShiftTrials } from '../../src/engine/model/shift-trial.ts';
import { Precedence } from '../../src/engine/precedence.ts';
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

async function attend(): Promise<Participant> {
  const participant = new Participant(await place.connect());
  participants.push(participant);
  await participant.open();
  return participant;
}

const clear = ({ connection }: Participant) => connection.request('clear', { address: ADDRESS });
const undo = ({ connection }: Participant) => connection.request('undoClear', { address: ADDRESS });
const search = ({ connection }: Participant, query: string) => connection.request('search', { address: ADDRESS, query, limit: 10 });
const databaseFile = (): string => join(place.directory, 'data', 'conversations', `${ADDRESS.conversationId}.sqlite`);

describe('clearing a conversation', () => {
  it('takes it out of the transcript and out of the cache, in every window', async () => {
    const [one, two] = [await attend(), await attend()];
    const told = Promise.withResolvers<readonly unknown[]>();
    two.connection.onEvent('replaced', ({ conversation }) => told.resolve(conversation.turns));
    await one.askAndSettle('Hello');
    await one.askAndSettle('Thanks');
    await expect(clear(one)).resolves.toEqual({ turns: 2 });
    await expect(told.promise).resolves.toEqual([]);
    const { turns, hasEarlier, status } = await one.connection.request('open', { address: ADDRESS, turns: 10 });
    expect([turns, hasEarlier, status.cleared?.turns]).toEqual([[], false, 2]);
    expect(status.cache).toBeUndefined();
    await one.askAndSettle('Hello again');
    expect(one.status!.cache!.segments.flatMap(({ turnId }) => turnId ?? [])).toEqual([3]);
    expect(one.status!.stats.decodedTokens).toBe(one.status!.stats.appendedTokens);
  });

  it('ends the answer that is being written, and those that wait', async () => {
    const user = await attend();
    const ids = await Promise.all(Array.from({ length: 12 }, () => user.send('Write a function', RAMBLING)));
    await user.until(() => user.texts.some(({ turnId }) => turnId === ids[0]));
    await expect(clear(user)).resolves.toEqual({ turns: 12 });
    expect((await user.ended(ids.at(-1)!)).state).toBe('stopped');
    await expect(user.ask('Hello')).resolves.toMatchObject({ state: 'done' });
  });

  it('can be undone: all turns are back, and in the cache with the next message', async () => {
    const user = await attend();
    for (const message of ['One', 'Two']) await user.askAndSettle(message);
    await clear(user);
    await user.askAndSettle('Three');
    await expect(undo(user)).resolves.toEqual({ turns: 2 });
    const { turns, status } = await user.connection.request('open', { address: ADDRESS, turns: 10 });
    expect(turns.map(({ message }) => message)).toEqual(['One', 'Two', 'Three']);
    expect([status.cleared, status.evictedUpTo]).toEqual([undefined, 3]);
    await expect(undo(user)).resolves.toEqual({ turns: 0 });
    await user.askAndSettle('Four');
    expect(user.status!.cache!.segments.flatMap(({ turnId }) => turnId ?? [])).toEqual([1, 2, 3, 4]);
    expect(user.status!.evictedUpTo).toBe(0);
  });

  it('hides it from the search, and undoing brings it back there', async () => {
    const user = await attend();
    await user.askAndSettle('the marmalade');
    const { hits } = await search(user, 'marm');
    expect(hits[0]).toMatchObject({ turnId: 1, role: 'message', excerpt: 'the marmalade', ranges: [{ start: 4, end: 13 }] });
    await clear(user);
    expect(await search(user, 'marmalade')).toEqual({ hits: [] });
    await undo(user);
    expect((await search(user, 'marmalade')).hits).not.toEqual([]);
  });

  it('deletes the text when its time is over, with the next engine at the latest', async () => {
    const user = await attend();
    await user.askAndSettle('the marmalade');
    await clear(user);
    user.connection.close();
    await Promise.all(place.exits);
    const database = new DatabaseSync(databaseFile());
    database.prepare('UPDATE clearing SET at = ?').run(Date.now() - UNDO_MS);
    database.close();
    expect(readFileSync(databaseFile()).includes('marmalade')).toBe(true);
    const other = await place.connect();
    await expect.poll(() => readFileSync(databaseFile()).includes('marmalade')).toBe(false);
    other.close();
  });
});

describe('deleting what was cleared', () => {
  const deleteCleared = ({ connection }: Participant) => connection.request('deleteCleared', { address: ADDRESS });

  it('leaves nothing of it', async () => {
    const user = await attend();
    await user.askAndSettle('the marmalade');
    await clear(user);
    await deleteCleared(user);
    expect(readFileSync(databaseFile()).includes('marmalade')).toBe(false);
  });

  it('says so when it has failed', async () => {
    const user = await attend();
    await user.askAndSettle('the marmalade');
    await clear(user);
    user.connection.close();
    await Promise.all(place.exits);
    const database = new DatabaseSync(databaseFile());
    database.exec("CREATE TRIGGER kept BEFORE DELETE ON turns BEGIN SELECT RAISE (ABORT, 'kept'); END");
    database.close();
    await expect(deleteCleared(await attend())).rejects.toMatchObject({ code: 'storage-failed' });
    expect(readFileSync(databaseFile()).includes('marmalade')).toBe(true);
  });
});

it('what was cleared is not said to be deleted when the engine ends before it is', async () => {
  const dataDirectory = join(place.directory, 'data');
  const transcript = Transcript.open(dataDirectory, 'ending');
  const conversation = new Conversation({
    address: { conversationId: 'ending' },
    transcript,
    files: new CheckpointFiles(dataDirectory),
    slot: new ChatSlot({
      model: new ModelSlot(),
      log: () => undefined,
      trials: new ShiftTrials(dataDirectory, ''),
      precedence: new Precedence(),
      contexts: () => [],
      onContexts: () => undefined,
      onDeviceLost: () => undefined,
      freed: () => undefined,
      cuda: () => undefined,
      access: new ServerAccess(),
      mostSeats: () => 1,
      saveAfterMs: () => 0,
    }),
    broadcast: () => undefined,
    mostCheckpointBytes: () => 0,
  });
  transcript.add('key', 'the marmalade');
  transcript.cleared.clear(transcript.cleared.newest);
  const deleted = conversation.deleteCleared();
  conversation.close();
  await expect(deleted).rejects.toMatchObject({ code: 'engine-crashed' });
});

describe('the history', () => {
  it('is read forwards, too, and counted', async () => {
    const user = await attend();
    for (const message of ['One', 'Two', 'Three']) await user.askAndSettle(message);
    const { connection } = user;
    await expect(connection.request('size', { address: ADDRESS })).resolves.toEqual({ turns: 3 });
    const first = await connection.request('later', { address: ADDRESS, after: 0, turns: 2 });
    expect([first.turns.map(({ message }) => message), first.hasLater]).toEqual([['One', 'Two'], true]);
    const rest = await connection.request('later', { address: ADDRESS, after: 2, turns: 2 });
    expect([rest.turns.map(({ message }) => message), rest.hasLater]).toEqual([['Three'], false]);
  });
});
