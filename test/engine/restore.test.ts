import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, watch, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enginePreferences, DEFAULT_SETTINGS } from '../../src/shared/settings.ts';
import { RAMBLING } from './bundled-model.ts';
import { ADDRESS, EnginePlace, Participant, TALKATIVE } from './engine-process.ts';

let place: EnginePlace;
let user: Participant;

beforeEach(async () => {
  place = new EnginePlace({ preload: [TALKATIVE], env: { ENDLESS_LINGER_MS: '0' } });
  await start();
});
afterEach(async () => {
  user.connection.close();
  await place.close();
});

async function start(): Promise<void> {
  user = new Participant(await place.connect());
  await user.open();
}

/** The engine leaves with its last window, and another one is started. */
async function restart(): Promise<void> {
  user.connection.close();
  await Promise.all(place.exits);
  await start();
}

const folder = (): string => join(place.directory, 'data', 'checkpoints');
const files = (): string[] => readdirSync(folder()).map((name) => join(folder(), name));
const segments = () => user.status!.cache!.segments.map(({ turnId, tokens, evicted }) => ({ turnId, tokens, evicted }));

/** The same bytes but for one bit in their middle. */
function flipped(bytes: Buffer): Buffer {
  const at = Math.floor(bytes.length / 2);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from([bytes[at]! ^ 1]), bytes.subarray(at + 1)]);
}

/** As many turns as it takes for the first ones to leave the window. */
async function converse(turns: number): Promise<void> {
  for (let at = 0; at < turns; at++) await user.askAndSettle(`What does function number ${String(at)} do?`);
}

describe('a conversation whose engine has gone', () => {
  it('is in the cache again as it was, with nothing but the checkpoint read', async () => {
    await converse(12);
    const before = segments();
    await restart();
    await user.askAndSettle('And the next?');
    expect(user.status!.origin).toEqual({ kind: 'restored', tokens: 0 });
    expect(before.some(({ evicted }) => evicted > 0) || before[1]?.turnId !== 1).toBe(true);
    const [, ...turns] = segments();
    expect(before).toEqual(expect.arrayContaining(turns.slice(1, -1)));
    expect(user.status!.stats.rebuildsToday).toBe(0);
    // Only the new turn was decoded.
    const { appendedTokens, decodedTokens } = user.status!.stats;
    expect(appendedTokens).toBe(turns.at(-1)!.tokens);
    expect(decodedTokens).toBe(appendedTokens);
  });

  it('is warm when only its window was reloaded: the next turn decodes its own tokens and no more', async () => {
    const other = new Participant(await place.connect('second window'));
    await other.open();
    await converse(2);
    const { appendedTokens } = user.status!.stats;
    user.connection.close();
    await start();
    await user.askAndSettle('And the next?');
    const { stats, cache } = user.status!;
    expect(stats.appendedTokens - appendedTokens).toBe(cache!.segments.at(-1)!.tokens);
    expect(stats.decodedTokens).toBe(stats.appendedTokens);
    other.connection.close();
  });

  it('is written to the disk when nothing happens for a while', async () => {
    await user.connection.request('prefer', {
      preferences: { ...enginePreferences(DEFAULT_SETTINGS), checkpointSeconds: 0.001 },
    });
    mkdirSync(folder(), { recursive: true, mode: 0o700 });
    const written = Promise.withResolvers<void>();
    const watcher = watch(folder(), (_, name) => name?.endsWith('.kv') === true && written.resolve());
    await user.ask('Hello');
    await written.promise;
    watcher.close();
    expect(files()).toHaveLength(1);
  });

  it('is nowhere on the disk when it was cleared', async () => {
    await converse(2);
    await restart();
    await user.askAndSettle('Hello');
    expect(files()).not.toEqual([]);
    await user.connection.request('clear', { address: ADDRESS });
    expect(files()).toEqual([]);
    await user.askAndSettle('Who are you?');
    expect(user.status!.origin).toEqual({ kind: 'new' });
    await user.connection.request('undoClear', { address: ADDRESS });
    await user.askAndSettle('And now?');
    expect(user.status!.origin).toMatchObject({ kind: 'rebuilt' });
    expect(user.status!.cache!.segments.map(({ turnId }) => turnId).filter((id) => id !== undefined)).toEqual([1, 2, 3, 4, 5]);
  });

  it('is restored by the journal alone when the engine was killed before any checkpoint', async () => {
    await converse(2);
    process.kill(await place.pid(), 'SIGKILL');
    await restart();
    await user.askAndSettle('And the next?');
    expect(user.status!.origin).toMatchObject({ kind: 'restored' });
    expect(user.status!.stats.rebuildsToday).toBe(0);
  });

  it('is restored by checkpoint and journal, in which a new engine goes on', async () => {
    await converse(12);
    await restart();
    await converse(2);
    const before = segments();
    process.kill(await place.pid(), 'SIGKILL');
    await restart();
    await user.askAndSettle('Hello');
    expect(user.status!.origin).toMatchObject({ kind: 'restored' });
    expect((user.status!.origin as { tokens: number }).tokens).toBeGreaterThan(0);
    expect(before).toEqual(expect.arrayContaining(segments().slice(2, -1)));
  });

  it('holds no turn that was forgotten meanwhile', async () => {
    await converse(2);
    await restart();
    await user.connection.request('forget', { address: ADDRESS, turnId: 2 });
    await user.askAndSettle('And the next?');
    expect(user.status!.origin).toMatchObject({ kind: 'restored' });
    expect(user.status!.cache!.segments.map(({ turnId }) => turnId).filter((id) => id !== undefined)).toEqual([1, 3]);
  });

  it.each([
    ['damaged', () => truncateSync(files()[0]!, statSync(files()[0]!).size - 100)],
    ['damaged', () => writeFileSync(files()[0]!, flipped(readFileSync(files()[0]!)))],
    ['missing', () => rmSync(files()[0]!)],
  ] as const)('is refilled from its text when the checkpoint is %s, and says so', async (reason, spoil) => {
    await converse(2);
    user.connection.close();
    await Promise.all(place.exits);
    spoil();
    await start();
    await user.askAndSettle('And the next?');
    expect(user.status!.origin).toEqual({ kind: 'rebuilt', reason });
    expect(user.status!.stats.rebuildsToday).toBe(1);
    expect(user.status!.cache!.segments.map(({ turnId }) => turnId).filter((id) => id !== undefined)).toEqual([1, 2, 3]);
  });

  it.each([
    ['other-context', { window: 320 }],
    ['other-context', { quantizedValues: true }],
    ['other-prompt', { systemPrompt: 'You are somebody else.' }],
    ['other-model', { modelPath: resolve('models/endless-tiny-vanilla.gguf') }],
  ] as const)('is refilled from its text where the checkpoint is of no use: %s', async (reason, settings) => {
    await converse(2);
    await restart();
    await user.ask('And the next?', settings);
    await user.until(() => user.status?.origin?.kind === 'rebuilt');
    expect(user.status!.origin).toEqual({ kind: 'rebuilt', reason });
  });
});

describe('conversations that share the model', () => {
  const prefer = (change: object): Promise<unknown> =>
    user.connection.request('prefer', { preferences: { ...enginePreferences(DEFAULT_SETTINGS), ...change } });

  async function converseInTurn(): Promise<Participant> {
    await user.askAndSettle('What does map do?');
    const other = new Participant(await place.connect('second window'), { conversationId: 'other' });
    await other.open();
    await other.askAndSettle('What does filter do?');
    return other;
  }

  it('are all warm where the memory has room', async () => {
    await prefer({ residents: 2 });
    const other = await converseInTurn();
    await user.askAndSettle('And now?');
    expect(user.status!.origin).toEqual({ kind: 'new' });
    expect(other.status!.cache).toBeDefined();
    other.connection.close();
  });

  it('make way for each other, and come back from their checkpoints', async () => {
    await prefer({ residents: 1 });
    const other = await converseInTurn();
    await user.until(() => user.status?.cache === undefined);
    await user.askAndSettle('And now?');
    expect(user.status!.origin).toEqual({ kind: 'restored', tokens: 0 });
    await other.until(() => other.status?.cache === undefined);
    expect(files()).toHaveLength(2);
    other.connection.close();
  });

  it('wait for each other, and are told their place', async () => {
    const other = new Participant(await place.connect('second window'), { conversationId: 'other' });
    await other.open();
    const first = await user.send('Write a long text', RAMBLING);
    const second = await user.send('Write another long text');
    const third = await other.send('Hello');
    await other.until(() => other.status?.activity.kind === 'waiting');
    expect(other.activities).toContainEqual({ kind: 'waiting', ahead: 2 });
    await user.connection.request('stop', { address: ADDRESS, turnId: first });
    for (const turnId of [first, second]) await user.ended(turnId);
    await other.ended(third);
    other.connection.close();
  });

  it('keep no checkpoint that is larger than all may be together, and are restored by their journals', async () => {
    await prefer({ checkpointBytes: 1000 });
    await user.askAndSettle('Hello');
    user.connection.close();
    await Promise.all(place.exits);
    expect(files()).toEqual([]);
    await start();
    await user.askAndSettle('And now?');
    expect(user.status!.origin).toMatchObject({ kind: 'restored' });
  });

  it('keep nothing on the disk when the user wants it so', async () => {
    await prefer({ checkpointBytes: 0 });
    await user.askAndSettle('Hello');
    await restart();
    expect(() => readdirSync(folder())).toThrow('ENOENT');
  });
});
