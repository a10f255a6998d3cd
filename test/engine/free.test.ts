import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CompletionResult } from '../../src/shared/protocol/completion.ts';
import type { Preferences } from '../../src/shared/protocol/engine-settings.ts';
import { completionSettings, DEFAULT_SETTINGS, enginePreferences } from '../../src/shared/settings.ts';
import { BUNDLED_MODEL, RAMBLING } from './bundled-model.ts';
import { ADDRESS, EnginePlace, Participant, TALKATIVE } from './engine-process.ts';

let place: EnginePlace;
let user: Participant;

beforeEach(async () => {
  place = new EnginePlace({ preload: [TALKATIVE], env: { ENDLESS_LINGER_MS: '0' } });
  user = new Participant(await place.connect());
  await user.open();
});
afterEach(async () => {
  user.connection.close();
  await place.close();
});

const free = () => user.connection.request('free', {});
const prefer = (change: Partial<Preferences>) =>
  user.connection.request('prefer', { preferences: { ...enginePreferences(DEFAULT_SETTINGS), ...change } });

function complete(explicit = false): Promise<CompletionResult> {
  const shared = completionSettings({ ...DEFAULT_SETTINGS, 'model.path': BUNDLED_MODEL, 'model.gpu': 'off', 'model.threads': 1 });
  const settings = { ...shared, chatWindow: 256, window: 256 };
  const place = { repository: 'r', path: 'a.ts', before: 'function add(a, b) {\n  ret', after: '\n}\n', explicit };
  return user.connection.request('complete', { place, settings, ahead: false });
}

describe('a model that was freed by the user', () => {
  it('is out of the memory, and the next message goes on with the conversation as it was', async () => {
    await user.askAndSettle('What does map do?');
    await free();
    await user.until(() => user.status?.freed !== undefined);
    expect(user.status).toMatchObject({ freed: { reason: 'command' } });
    expect([user.status!.model, user.status!.cache, user.status!.memory]).toEqual([undefined, undefined, undefined]);
    await user.askAndSettle('And filter?');
    expect(user.status!.freed).toBeUndefined();
    expect(user.status!.origin).toEqual({ kind: 'restored', tokens: 0 });
    expect((await user.held()).slice(1)).toEqual([1, 2]);
  });

  it('is not loaded by completions, unless one is asked for with a key', async () => {
    await user.askAndSettle('What does map do?');
    await free();
    expect((await complete()).outcome).toBe('freed');
    expect((await complete(true)).outcome).not.toBe('freed');
    expect((await complete()).outcome).not.toBe('freed');
  });

  it('completes again when a message has loaded it', async () => {
    await user.askAndSettle('What does map do?');
    await free();
    await user.askAndSettle('And filter?');
    expect((await complete()).outcome).not.toBe('freed');
  });

  it('is not loaded for what is attached to a message that may never be sent', async () => {
    await user.askAndSettle('What does map do?');
    await free();
    await user.attach([{ key: 'a', kind: 'file', label: 'a.ts', text: 'const a = 1;' }]);
    expect((await user.connection.request('open', { address: ADDRESS, turns: 1 })).status.model).toBeUndefined();
  });

  it('answers first what is being answered', async () => {
    const id = await user.send('What does map do?', RAMBLING);
    await user.until(() => user.texts.some(({ turnId }) => turnId === id));
    const freed = free();
    await user.connection.request('stop', { address: ADDRESS });
    await freed;
    expect(user.turns.get(id)!.state).toBe('stopped');
    expect((await user.connection.request('open', { address: ADDRESS, turns: 1 })).status.model).toBeUndefined();
  });
});

it('a model is freed when nothing is asked for a while, and completions load it again', async () => {
  await user.askAndSettle('What does map do?');
  await prefer({ freeAfterMinutes: 0.001 });
  await user.until(() => user.status?.freed?.reason === 'idle');
  await prefer({ freeAfterMinutes: 30 });
  expect((await complete()).outcome).not.toBe('freed');
  await user.askAndSettle('And filter?');
  expect(user.status!.origin).toEqual({ kind: 'restored', tokens: 0 });
});
