import { copyFileSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeZooModel } from '../../src/bench/zoo/zoo.ts';
import type { EngineSettings } from '../../src/shared/protocol/engine-settings.ts';
import { BUNDLED_MODEL, RAMBLING, testSettings } from './bundled-model.ts';
import { ADDRESS, EnginePlace, Participant, TALKATIVE } from './engine-process.ts';

let place: EnginePlace;
let user: Participant;
let other: string;

beforeEach(async () => {
  place = new EnginePlace({ isFirst: true, preload: [TALKATIVE], env: { ENDLESS_LINGER_MS: '0' } });
  user = new Participant(await place.connect());
  await user.open();
  other = resolve(await writeZooModel({ name: 'qwen3', layers: 3, bos: false }));
});
afterEach(async () => {
  user.connection.close();
  await place.close();
});

const settingsFor = (modelPath: string): EngineSettings => testSettings({ modelPath, window: 1024 });
const switchTo = (modelPath: string, signal?: AbortSignal) =>
  user.connection.request('switchModel', { address: ADDRESS, settings: settingsFor(modelPath) }, signal);
const files = (): string[] => readdirSync(join(place.dataDirectory, 'checkpoints'));
const turns = async () => (await user.held()).filter((held) => typeof held === 'number');

async function ask(message: string, modelPath: string): Promise<void> {
  await user.settled(await user.send(message, { ...settingsFor(modelPath), maxAnswerTokens: 4 }));
}

/** A file that nothing is wrong with until it is loaded. */
function broken(): string {
  const bytes = readFileSync(BUNDLED_MODEL);
  bytes.write('attn_x', bytes.indexOf('attn_q.weight'), 'latin1');
  const path = join(place.directory, 'broken.gguf');
  writeFileSync(path, bytes);
  return path;
}

describe('another model', () => {
  it('knows the newest turns from their text, and it is told that it is being loaded', async () => {
    await ask('What does map do?', BUNDLED_MODEL);
    await ask('And filter?', BUNDLED_MODEL);
    await switchTo(other);
    await user.until(() => user.status?.model?.path === other && user.status.activity.kind === 'idle');
    expect(user.status!.origin).toEqual({ kind: 'rebuilt', reason: 'other-model' });
    expect(await turns()).toEqual([1, 2]);
    // What takes less than a tenth of a second, as reading these turns may, is not told.
    expect(user.activities.map(({ kind }) => kind)).toContain('loading');
  });

  it('is not loaded before a message where none is loaded', async () => {
    await switchTo(other);
    expect((await user.connection.request('open', { address: ADDRESS, turns: 1 })).status.model).toBeUndefined();
  });

  it('that nobody wants any more when its turn comes is not loaded, and the one before stays', async () => {
    await ask('What does map do?', BUNDLED_MODEL);
    const before = user.activities.length;
    const answer = await user.send('Go on for long.', { ...settingsFor(BUNDLED_MODEL), ...RAMBLING });
    const unwanted = new AbortController();
    const switched = expect(switchTo(other, unwanted.signal)).rejects.toThrow();
    unwanted.abort();
    await switched;
    await user.connection.request('stop', { address: ADDRESS });
    await user.settled(answer);
    await switchTo(BUNDLED_MODEL);
    expect(user.status!.model?.path).toBe(BUNDLED_MODEL);
    expect(user.activities.slice(before).map(({ kind }) => kind)).not.toContain('loading');
  });

  it('leaves the checkpoint of the one before alone, which comes back as it was', async () => {
    await ask('What does map do?', BUNDLED_MODEL);
    await switchTo(other);
    await switchTo(BUNDLED_MODEL);
    await user.until(() => user.status?.model?.path === BUNDLED_MODEL && user.status.activity.kind === 'idle');
    expect(user.status!.origin).toEqual({ kind: 'restored', tokens: 0 });
    await switchTo(other);
    await user.until(() => user.status?.model?.path === other && user.status.activity.kind === 'idle');
    expect(user.status!.origin).toEqual({ kind: 'restored', tokens: 0 });
    expect(files()).toHaveLength(2);
  });

  it('has answered meanwhile: the one before reads those turns, and no others', async () => {
    await ask('What does map do?', BUNDLED_MODEL);
    const before = user.status!.cache!.used;
    await ask('And filter?', other);
    await switchTo(BUNDLED_MODEL);
    await user.until(() => user.status?.model?.path === BUNDLED_MODEL && user.status.activity.kind === 'idle');
    expect(user.status!.origin).toMatchObject({ kind: 'restored' });
    expect(await turns()).toEqual([1, 2]);
    const { appendedTokens, decodedTokens } = user.status!.stats;
    expect(appendedTokens).toBe(user.status!.cache!.used - before);
    expect(decodedTokens).toBe(appendedTokens);
  });

  it('forgets what was cleared with every model', async () => {
    await ask('What does map do?', BUNDLED_MODEL);
    await switchTo(other);
    await user.connection.request('clear', { address: ADDRESS });
    expect(files()).toEqual([]);
    await ask('Hello', BUNDLED_MODEL);
    expect(user.status!.origin).toEqual({ kind: 'new' });
  });
});

describe('a model that cannot be loaded', () => {
  it('leaves the one before in use, with its cache as it was, and it is said why', async () => {
    await ask('What does map do?', BUNDLED_MODEL);
    await expect(switchTo(broken())).rejects.toMatchObject({
      code: 'model-damaged',
      args: { returnedTo: 'endless-tiny.gguf' },
    });
    await user.until(() => user.status?.model?.path === BUNDLED_MODEL && user.status.activity.kind === 'idle');
    expect(user.status!.origin).toEqual({ kind: 'restored', tokens: 0 });
    await ask('And filter?', BUNDLED_MODEL);
    expect(await turns()).toEqual([1, 2]);
  });

  it('does the same when a message was to be answered by it, and the turn says so', async () => {
    await ask('What does map do?', BUNDLED_MODEL);
    const turn = await user.ask('And filter?', settingsFor(broken()));
    expect(turn).toMatchObject({ state: 'failed', error: { code: 'model-damaged', args: { returnedTo: 'endless-tiny.gguf' } } });
    await ask('And reduce?', BUNDLED_MODEL);
    expect(user.status!.origin).toEqual({ kind: 'restored', tokens: 0 });
  });

  it('is what is told, also where the one before is not there any more', async () => {
    const former = join(place.directory, 'former.gguf');
    copyFileSync(BUNDLED_MODEL, former);
    await ask('What does map do?', former);
    unlinkSync(former);
    const path = broken();
    const switching = expect(switchTo(path)).rejects;
    await switching.toMatchObject({ code: 'model-damaged', args: { path } });
    await switching.not.toMatchObject({ args: { returnedTo: expect.anything() as string } });
    await ask('And filter?', BUNDLED_MODEL);
    expect(await turns()).toEqual([1, 2]);
  });

  it('never takes the place of one that is loaded where the file says so itself', async () => {
    await ask('What does map do?', BUNDLED_MODEL);
    const { decodedTokens } = user.status!.stats;
    const path = join(place.directory, 'text.gguf');
    copyFileSync('package.json', path);
    await expect(switchTo(path)).rejects.toMatchObject({ code: 'model-not-gguf', args: { path } });
    expect((await user.ask('And filter?', settingsFor(path))).error).toMatchObject({ code: 'model-not-gguf' });
    expect(user.activities.filter(({ kind }) => kind === 'restoring')).toEqual([]);
    await ask('And filter?', BUNDLED_MODEL);
    expect(user.status!.stats.decodedTokens).toBeGreaterThan(decodedTokens);
    expect(user.status!.origin).toEqual({ kind: 'new' });
  });
});
