import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Turn } from '../../src/shared/protocol/turn.ts';
import { ADDRESS, TALKATIVE, type Participant } from '../engine/engine-process.ts';
import { RAMBLING } from '../engine/bundled-model.ts';
import { attend, faultPlace, kill, smallDisk } from './harness/fault-test.ts';
import type { SmallDisk } from './harness/small-disk.ts';

/** Bytes: a few pages of the database. */
const ROOM_FOR_A_MESSAGE = 100_000;

/** Asks for a long answer, and fills the disk when its first words come. */
async function answerWhileItFills(user: Participant, disk: SmallDisk): Promise<Turn> {
  disk.empty();
  disk.fill(ROOM_FOR_A_MESSAGE);
  const [id, before] = [await user.send('Tell me a long story', RAMBLING), user.texts.length];
  await user.until(() => user.texts.length > before || user.turns.get(id)?.state === 'failed');
  disk.fill();
  return user.ended(id);
}

describe('with a full disk', () => {
  it('a message that cannot be written down is not taken, and is once there is room, by the same engine', async () => {
    const disk = smallDisk();
    const place = faultPlace({ dataDirectory: join(disk.path, 'data') });
    const user = await attend(place);
    await user.askAndSettle('Hello');
    const pid = await place.pid();

    disk.fill();
    await expect(user.send('Thanks')).rejects.toMatchObject({ code: 'disk-full' });
    expect((await user.open()).map(({ message }) => message)).toEqual(['Hello']);

    disk.empty();
    await expect(user.ask('Thanks')).resolves.toMatchObject({ state: 'done' });
    expect(await place.pid()).toBe(pid);
  });

  it('an answer that can be written no more ends failed, and all that was shown of it stays', async () => {
    const disk = smallDisk();
    const place = faultPlace({ dataDirectory: join(disk.path, 'data'), preload: [TALKATIVE] });
    const user = await attend(place);
    await user.askAndSettle('Hello');

    const failed = await answerWhileItFills(user, disk);
    const shown = user.texts.filter(({ turnId }) => turnId === failed.id).map(({ text }) => text);
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'disk-full' }, answer: shown.join('') });
    // Also for a window that looks now.
    expect((await (await attend(place)).open()).at(-1)).toEqual(failed);

    disk.empty();
    await expect(user.askAndSettle('Thanks')).resolves.toMatchObject({ state: 'done' });
    await kill(place);
    const turns = await (await attend(place)).open();
    expect(turns.at(-1)).toMatchObject({ message: 'Thanks', state: 'done' });
    expect(turns.at(-2)).toEqual(failed);
  });

  it('a conversation that cannot be begun is not opened, and is once there is room, by the same engine', async () => {
    const disk = smallDisk();
    const place = faultPlace({ dataDirectory: join(disk.path, 'data') });
    const connection = await place.connect();
    disk.fill();
    const open = (): Promise<unknown> => connection.request('open', { address: ADDRESS, turns: 1 });
    await expect(open()).rejects.toMatchObject({ code: 'disk-full' });
    disk.empty();
    await expect(open()).resolves.toMatchObject({ turns: [] });
    connection.close();
  });

  it('an engine that cannot publish itself does not start, and says why', async () => {
    const disk = smallDisk();
    const place = faultPlace({ runDirectory: join(disk.path, 'run') });
    disk.fill();
    await expect(place.connect()).rejects.toMatchObject({ code: 'disk-full' });
    disk.empty();
    (await place.connect()).close();
  });

  it('what was written before is whole after a crash', async () => {
    const disk = smallDisk();
    const place = faultPlace({ dataDirectory: join(disk.path, 'data'), preload: [TALKATIVE] });
    const user = await attend(place);
    const first = await user.askAndSettle('Hello');
    const last = await answerWhileItFills(user, disk);
    expect(last.state).toBe('failed');
    await kill(place);
    disk.empty();
    const again = await attend(place);
    const turns = await again.open();
    expect(turns[0]).toEqual(first);
    expect(turns.at(-1)).toMatchObject({ id: last.id, state: 'interrupted', answer: last.answer });
  });
});

describe('on a disk that cannot be written', () => {
  it('no engine starts that would lose what is said, and the reason is told', async () => {
    const disk = smallDisk();
    const place = faultPlace({ dataDirectory: join(disk.path, 'data') });
    const user = await attend(place);
    await user.askAndSettle('Hello');
    user.connection.close();
    await Promise.all(place.exits);

    disk.makeReadOnly();
    await expect(place.connect()).rejects.toMatchObject({ code: 'storage-read-only' });

    disk.makeWritable();
    expect((await (await attend(place)).open()).map(({ message }) => message)).toEqual(['Hello']);
  });

  it('neither does one that cannot publish itself', async () => {
    const disk = smallDisk();
    const place = faultPlace({ runDirectory: join(disk.path, 'run') });
    disk.makeReadOnly();
    await expect(place.connect()).rejects.toMatchObject({ code: 'storage-read-only' });
  });
});
