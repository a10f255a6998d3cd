import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { ChatSession } from '../../src/extension/chat/chat-session.ts';
import { EngineClient } from '../../src/extension/engine/engine-client.ts';
import { describeError } from '../../src/shared/error-sentences.ts';
import type { ErrorReport } from '../../src/shared/errors.ts';
import { plainEnglish } from '../../src/shared/plain-english.ts';
import { testSettings } from '../engine/bundled-model.ts';
import { ADDRESS, type EnginePlace } from '../engine/engine-process.ts';
import { attend, faultPlace, kill } from './harness/fault-test.ts';

/** Nothing is kept from others by the habits of this process. */
let umask: number;
beforeEach(() => {
  umask = process.umask(0);
});
afterEach(() => process.umask(umask));

const database = (place: EnginePlace): string => join(place.dataDirectory, 'conversations', `${ADDRESS.conversationId}.sqlite`);

/**
 * What others may do with the folders of an engine and all that is in them, by path: nothing, it is to be hoped. What is written under
 * another name first may be gone by the time it is looked at.
 */
function openToOthers(...folders: readonly string[]): readonly string[] {
  const paths = folders.flatMap((folder) => [
    folder,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ]);
  return paths.filter((path) => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0);
}

it('everything an engine leaves anywhere in its life is for its user only', async () => {
  const place = faultPlace();
  const look = (): readonly string[] => openToOthers(place.runDirectory, place.dataDirectory);
  const user = await attend(place);
  // Enough to evict.
  for (const message of ['One', 'Two', 'Three', 'Four', 'Five']) await user.askAndSettle(message);
  expect(readdirSync(join(place.dataDirectory, 'conversations'))).toEqual(
    expect.arrayContaining(['demo.sqlite', 'demo.sqlite-wal', 'demo.sqlite-shm']),
  );
  expect(look()).toEqual([]);
  await kill(place);
  expect(look()).toEqual([]);

  writeFileSync(database(place), 'no database any more, and long enough to be taken for one', { mode: 0o600 });
  const again = await attend(place);
  await again.askAndSettle('Hello');
  expect(look()).toEqual([]);
  again.connection.close();
  await Promise.allSettled(place.exits);
  expect(look()).toEqual([]);
});

it('a damaged database is set aside as it was, every window is told where, and the conversation begins anew', async () => {
  const place = faultPlace();
  const user = await attend(place);
  await user.askAndSettle('Hello');
  user.connection.close();
  await Promise.all(place.exits);
  const damaged = Buffer.from(readFileSync(database(place)));
  damaged.fill(0x2a, 4096, 8192);
  writeFileSync(database(place), damaged);

  for (const window of [await attend(place), await attend(place)]) {
    const { turns, notice } = await window.connection.request('open', { address: ADDRESS, turns: 10 });
    expect(turns).toEqual([]);
    expect(notice).toMatchObject({ code: 'transcript-damaged' });
    expect(readFileSync(String(notice!.args['path']))).toEqual(damaged);
  }
  await expect((await attend(place)).ask('Hello')).resolves.toMatchObject({ state: 'done' });

  const client = new EngineClient(() => place.connect());
  onTestFinished(() => client.dispose());
  const session = new ChatSession(client, ADDRESS.conversationId, { settings: () => testSettings(), settled: () => Promise.resolve() });
  const told = new Promise<ErrorReport>((resolve) => session.once('failure', resolve));
  session.start();
  expect(describeError(plainEnglish, await told).sentence).toContain(`${database(place)}.damaged-1`);
});

it('a database of a newer version is refused and not touched', async () => {
  const place = faultPlace();
  const user = await attend(place);
  await user.askAndSettle('Hello');
  user.connection.close();
  await Promise.all(place.exits);
  const newer = new DatabaseSync(database(place));
  newer.exec('PRAGMA user_version = 999');
  newer.close();
  const before = readFileSync(database(place));

  const connection = await place.connect();
  await expect(connection.request('open', { address: ADDRESS, turns: 1 })).rejects.toMatchObject({ code: 'transcript-newer' });
  connection.close();
  await Promise.allSettled(place.exits);
  expect(readFileSync(database(place))).toEqual(before);
});
