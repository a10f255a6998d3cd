import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ChatSession } from '../../../src/extension/chat/chat-session.ts';
import { EngineClient, type EngineState } from '../../../src/extension/engine/engine-client.ts';
import { connectToEngine } from '../../../src/link/connect.ts';
import { EndlessError, type ErrorReport } from '../../../src/shared/errors.ts';
import type { EngineSettings } from '../../../src/shared/protocol/engine-settings.ts';
import type { Turn } from '../../../src/shared/protocol/turn.ts';
import { DEFAULT_SETTINGS, engineSettings } from '../../../src/shared/settings.ts';
import type { HostMessage } from '../../../src/shared/view-messages.ts';
import { SENT_FILE } from '../../scripted-engine/scripted-engine.ts';
import { startScriptedEngine, type ScriptedProcess } from '../../scripted-engine/start.ts';

/** A window's session with the scripted engine, seen as a view sees it. */
class Window {
  readonly messages: HostMessage[] = [];
  readonly states: EngineState['kind'][] = [];
  readonly engine: EngineClient;
  readonly session: ChatSession;
  readonly failures: ErrorReport[] = [];
  settings: EngineSettings;
  settled = Promise.resolve();
  #waiting: (() => void) | undefined;

  constructor(directory: string, start: () => ScriptedProcess, modelPath = '/models/a.gguf') {
    this.settings = engineSettings({ ...DEFAULT_SETTINGS, 'model.path': modelPath });
    this.engine = new EngineClient(() => connectToEngine({ directory, client: 'test', start }));
    this.engine.on('state', ({ kind }) => this.states.push(kind));
    this.session = new ChatSession(this.engine, 'a', { settings: () => this.settings, settled: () => this.settled });
    this.session.on('failure', (failure) => this.failures.push(failure));
    this.session.on('message', (message) => {
      this.messages.push(message);
      this.#waiting?.();
    });
  }

  /** The first message from now on, or of those before, that passes. */
  async message(passes: (message: HostMessage) => boolean): Promise<HostMessage> {
    for (;;) {
      const found = this.messages.find(passes);
      if (found) return found;
      await new Promise<void>((resolve) => (this.#waiting = resolve));
    }
  }

  /** The turn in the first message that shows it in that state. */
  async turn(state: Turn['state'], text: string): Promise<Turn> {
    const shown = (message: HostMessage): Turn | undefined =>
      (message.type === 'turn' ? [message.turn] : message.type === 'state' ? (message.conversation?.turns ?? []) : []).find(
        (turn) => turn.state === state && turn.message === text,
      );
    return shown(await this.message((message) => shown(message) !== undefined))!;
  }
}

async function scripted(
  modelPath?: string,
): Promise<{ readonly window: Window; readonly another: () => Window; readonly engines: ScriptedProcess[]; readonly directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'endless-'));
  const engines: ScriptedProcess[] = [];
  const windows: Window[] = [];
  const start = (): ScriptedProcess => {
    const engine = startScriptedEngine(directory);
    engines.push(engine);
    return engine;
  };
  const another = (): Window => {
    const window = new Window(directory, start, modelPath);
    windows.push(window);
    return window;
  };
  onTestFinished(async () => {
    for (const window of windows) window.engine.dispose();
    await Promise.all(engines.map((engine) => engine.kill('SIGKILL')));
    await rm(directory, { recursive: true, force: true });
  });
  return { window: another(), another, engines, directory };
}

describe('a chat session', { timeout: 30_000 }, () => {
  test('connects when a view comes, not before', async () => {
    const { window, engines } = await scripted();
    expect(engines).toHaveLength(0);
    window.session.start();
    expect(await window.message((message) => message.type === 'state' && message.connection.kind === 'ready')).toMatchObject({
      conversation: { turns: [], hasEarlier: false },
      modelName: 'a.gguf',
    });
    expect(window.states).toEqual(['connecting', 'ready']);
  });

  test('says that no model is chosen, and starts no engine for that', async () => {
    const { window, engines } = await scripted('');
    window.session.start();
    await window.session.send('k', 'hello');
    expect(window.messages).toMatchObject([
      { type: 'state', connection: { kind: 'noModel' } },
      { type: 'rejected', key: 'k', error: { code: 'no-model' } },
    ]);
    expect(engines).toHaveLength(0);
  });

  test('accepts a message and tells the answer piece by piece', async () => {
    const { window } = await scripted();
    window.session.start();
    await window.session.send('k', '/echo one two');
    expect(window.messages).toContainEqual({ type: 'accepted', key: 'k' });
    expect(await window.turn('done', '/echo one two')).toMatchObject({ answer: 'one two', finish: 'end' });
    expect(window.messages.filter(({ type }) => type === 'text')).toMatchObject([
      { offset: 0, text: 'one ' },
      { offset: 4, text: 'two' },
    ]);
  });

  test('tells a view that comes back everything', async () => {
    const { window } = await scripted();
    window.session.start();
    await window.session.send('k', '/slow 3');
    await window.message((message) => message.type === 'text' && message.text === 'word3 ');
    window.messages.length = 0;
    window.session.start();
    expect(window.messages).toMatchObject([
      { type: 'state', connection: { kind: 'ready' }, conversation: { turns: [{ state: 'running', answer: 'word1 word2 word3 ' }] } },
    ]);
  });

  test('stops the answer and keeps what was written', async () => {
    const { window } = await scripted();
    window.session.start();
    await window.session.send('k', '/slow 2');
    await window.message((message) => message.type === 'text' && message.text === 'word2 ');
    await window.session.stop();
    expect(await window.turn('stopped', '/slow 2')).toMatchObject({ answer: 'word1 word2 ', finish: 'stopped' });
  });

  test('stops no other answer than the one that is meant', async () => {
    const { window } = await scripted();
    window.session.start();
    await window.session.send('k', '/echo one');
    const { id } = await window.turn('done', '/echo one');
    await window.session.send('l', '/long');
    await window.message((message) => message.type === 'text' && message.text === 'word1 ');
    await window.session.stop(id);
    expect(await window.turn('done', '/long')).toMatchObject({ finish: 'end' });
  });

  test('says why a message was not taken', async () => {
    const { window } = await scripted();
    window.session.start();
    await window.session.send('k', '/reject message-too-long');
    expect(window.messages.at(-1)).toMatchObject({ type: 'rejected', key: 'k', error: { code: 'message-too-long' } });
  });

  test('goes on after the engine has crashed in the middle of an answer', async () => {
    const { window } = await scripted();
    window.session.start();
    await window.session.send('k', '/crash');
    expect(await window.turn('interrupted', '/crash')).toMatchObject({ answer: 'Half of an answer' });
    expect(window.states).toEqual(['connecting', 'ready', 'restarting', 'ready']);
    await window.session.send('l', '/echo on');
    expect(await window.turn('done', '/echo on')).toMatchObject({ answer: 'on' });
  });

  test('can be asked for earlier turns again when they could not be had', async () => {
    const { window } = await scripted();
    window.session.start();
    await window.session.send('k', '/echo on');
    await window.session.showEarlier(NaN);
    expect(window.failures).toMatchObject([{ code: 'invalid-message' }]);
    expect(window.messages.at(-1)).toEqual({ type: 'earlier', before: NaN, turns: [], hasEarlier: true });
    await window.session.showLater(NaN);
    expect(window.messages.at(-1)).toEqual({ type: 'later', after: NaN, turns: [], hasLater: true });
  });

  test('shows a turn in the middle of a long history, and goes on from there in both directions', async () => {
    const { window } = await scripted();
    window.session.start();
    for (let at = 1; at <= 120; at++) await window.session.send(`k${at}`, `/echo ${at}`);
    await window.turn('done', '/echo 120');
    const page = (): { ids: number[] } & Record<string, unknown> => {
      const { turns, ...rest } = window.messages.findLast((message) => 'turns' in message)!;
      return { ...rest, ids: turns.map(({ id }) => id) };
    };
    await window.session.showAround(60);
    expect(page()).toMatchObject({ type: 'around', turnId: 60, hasEarlier: true, hasLater: true });
    expect([page().ids[0], page().ids.at(-1), page().ids.length]).toEqual([36, 85, 50]);
    await window.session.showLater(85);
    expect(page()).toMatchObject({ type: 'later', after: 85, hasLater: false });
    await window.session.showEarlier(36);
    expect(page()).toMatchObject({ type: 'earlier', before: 36, hasEarlier: false });
    let count = 0;
    for await (const turns of window.session.history.pages()) count += turns.length;
    expect([count, await window.session.history.size()]).toEqual([120, 120]);
  });

  test('tells what was found, and why nothing could be', async () => {
    const { window } = await scripted();
    window.session.start();
    await window.session.send('k', '/echo the marmalade');
    await window.turn('done', '/echo the marmalade');
    await window.session.search('marma');
    expect(window.messages.at(-1)).toMatchObject({ type: 'found', query: 'marma', hits: [{ role: 'message' }, { role: 'answer' }] });
    await window.session.search('fail-storage-failed');
    expect(window.messages.at(-1)).toMatchObject({ type: 'found', hits: [], error: { code: 'storage-failed' } });
    expect(window.failures).toEqual([]);
  });

  test('is empty in every window when it is cleared in one, and back in every window', async () => {
    const { window, another } = await scripted();
    window.session.start();
    await window.session.send('k', '/echo one');
    await window.turn('done', '/echo one');
    const other = another();
    other.session.start();
    await other.message(({ type }) => type === 'state');
    await other.engine.connected();
    expect(await window.session.history.clear()).toBe(1);
    await other.message((message) => message.type === 'replaced' && message.conversation.turns.length === 0);
    expect([other.session.lastTurn, other.session.status?.cleared?.turns]).toEqual([undefined, 1]);
    expect(await other.session.history.undoClear()).toBe(1);
    await window.message((message) => message.type === 'replaced' && message.conversation.turns.length === 1);
    expect(window.session.lastTurn).toMatchObject({ answer: 'one' });
    expect(window.session.status?.cleared).toBeUndefined();
  });

  test('brings a message through a crash once, even when the engine had taken it', async () => {
    const { window } = await scripted();
    window.session.start();
    await window.session.send('k', '/lose');
    expect(window.messages.at(-1)).toMatchObject({ type: 'accepted', key: 'k' });
    await window.turn('done', '/lose');
    window.messages.length = 0;
    window.session.start();
    expect(window.messages[0]).toMatchObject({ conversation: { turns: [{ id: 1, message: '/lose' }] } });
  });

  test('keeps the order of messages that were sent while the engine crashed', async () => {
    const { window } = await scripted();
    window.session.start();
    const messages = ['/lose', 'second', 'third'];
    await Promise.all(messages.map((message, i) => window.session.send(`k${i}`, message)));
    await window.turn('done', 'third');
    window.messages.length = 0;
    window.session.start();
    expect(window.messages[0]).toMatchObject({ conversation: { turns: messages.map((message) => ({ message })) } });
  });

  test('gives up after three restarts within three minutes, and tries again when it is told to', async () => {
    const { window, engines } = await scripted();
    window.session.start();
    for (let crash = 1; crash <= 4; crash++) {
      await window.session.send(`k${crash}`, '/crash');
      await engines.at(-1)!.exited;
    }
    expect(await window.message((message) => message.type === 'state' && message.connection.kind === 'failed')).toMatchObject({
      connection: { error: { code: 'engine-crashed' } },
    });
    expect(engines).toHaveLength(4);

    await window.session.send('l', 'hello');
    expect(window.messages.at(-1)).toMatchObject({ type: 'rejected', key: 'l', error: { code: 'engine-crashed' } });

    await window.engine.retry();
    expect(engines).toHaveLength(5);
    await window.session.send('l', 'hello');
    await window.turn('done', 'hello');
  });

  test('puts a message in the place of a turn and all behind it', async () => {
    const { window } = await scripted();
    window.session.start();
    for (const message of ['first', 'second', 'third']) await window.session.send(message, message);
    await window.turn('done', 'third');
    await window.session.send('k', 'another second', { replaces: 2 });
    expect(await window.message(({ type }) => type === 'forgotten')).toEqual({ type: 'forgotten', turnId: 2, andLater: true });
    await window.turn('done', 'another second');
    window.messages.length = 0;
    window.session.start();
    expect(window.messages[0]).toMatchObject({ conversation: { turns: [{ message: 'first' }, { message: 'another second' }] } });
  });

  test('keeps what is attached to a turn that is sent again, however long ago it was', async () => {
    const { window, directory } = await scripted();
    window.session.start();
    await window.engine.connected();
    const attachments = [{ key: 'a', kind: 'file' as const, label: 'a.ts', text: 'a.ts:1' }];
    const address = { conversationId: 'a' };
    await window.engine.request('send', { address, key: 'old', message: 'old', settings: window.settings, attachments });
    for (let at = 1; at <= 60; at++) await window.session.send(`k${at}`, `/echo ${at}`);
    await window.turn('done', '/echo 60');
    await window.session.send('again', 'another', { replaces: 1 });
    expect(await window.turn('done', 'another')).toMatchObject({ attachments });
    const sent = (await readFile(join(directory, SENT_FILE), 'utf8')).trimEnd().split('\n');
    expect(JSON.parse(sent.at(-1)!)).toMatchObject({ message: 'another', attachments });
  });

  test('brings messages into the transcript in the order in which they were sent, however long the place of one must be looked for', async () => {
    const { window } = await scripted();
    window.session.start();
    for (let at = 1; at <= 60; at++) await window.session.send(`k${at}`, `/echo ${at}`);
    await window.turn('done', '/echo 60');
    await Promise.all([window.session.send('again', 'another', { replaces: 1 }), window.session.send('next', 'a further one')]);
    await window.turn('done', 'a further one');
    window.messages.length = 0;
    window.session.start();
    expect(window.messages[0]).toMatchObject({ conversation: { turns: [{ message: 'another' }, { message: 'a further one' }] } });
  });

  test('sends a message though the one before it was refused', async () => {
    const { window } = await scripted();
    window.session.start();
    const { modelPath } = window.settings;
    window.settings = { ...window.settings, modelPath: '' };
    const refused = window.session.send('k', 'refused');
    window.settings = { ...window.settings, modelPath };
    await Promise.all([refused, window.session.send('l', 'sent')]);
    expect(window.messages).toContainEqual({ type: 'accepted', key: 'l' });
    expect(window.messages).toContainEqual(expect.objectContaining({ type: 'rejected', key: 'k' }));
  });

  test('replaces a turn once, also when the engine crashes before it can say so', async () => {
    const { window } = await scripted();
    window.session.start();
    await window.session.send('k', 'first');
    await window.turn('done', 'first');
    await window.session.send('l', '/lose', { replaces: 1 });
    expect(window.messages.at(-1)).toMatchObject({ type: 'accepted', key: 'l' });
    await window.turn('done', '/lose');
    window.messages.length = 0;
    window.session.start();
    expect(window.messages[0]).toMatchObject({ conversation: { turns: [{ id: 2, message: '/lose' }] } });
  });

  test('keeps a turn that cannot be answered anew without a model', async () => {
    const { window } = await scripted();
    window.session.start();
    await window.session.send('k', '/loop');
    const { id } = await window.turn('done', '/loop');
    window.settings = { ...window.settings, modelPath: '' };
    await window.session.send('l', '/loop', { replaces: id });
    expect(window.messages.at(-1)).toMatchObject({ type: 'rejected', key: 'l', error: { code: 'no-model' } });
    window.messages.length = 0;
    window.session.start();
    expect(window.messages[0]).toMatchObject({ conversation: { turns: [{ id }] } });
  });

  test('asks for recall where it was asked for', async () => {
    const { window } = await scripted();
    window.session.start();
    await window.session.send('k', 'broker', { asksForRecall: true });
    expect(await window.turn('done', 'broker')).toMatchObject({ recall: { asked: true } });
  });

  test('pins a turn and unpins it', async () => {
    const { window } = await scripted();
    window.session.start();
    await window.session.send('k', 'first');
    const { id } = await window.turn('done', 'first');
    await window.session.pin(id, true);
    expect(await window.message((message) => message.type === 'turn' && message.turn.pinned === true)).toMatchObject({ turn: { id } });
    await window.session.pin(id, false);
    expect(await window.message((message) => message.type === 'turn' && message.turn.pinned === false)).toMatchObject({ turn: { id } });
  });

  test('says why a turn cannot be pinned', async () => {
    const { window } = await scripted();
    window.session.start();
    await window.session.pin(7, true);
    expect(window.messages.at(-1)).toMatchObject({ type: 'refused', error: { code: 'turn-not-cached' } });
    expect(window.failures).toEqual([]);
  });

  test('forgets a turn in the middle, also one from long ago', async () => {
    const { window } = await scripted();
    window.session.start();
    for (let at = 1; at <= 60; at++) await window.session.send(`k${at}`, `/echo ${at}`);
    await window.turn('done', '/echo 60');
    for (const turnId of [30, 2]) {
      await window.session.forget(turnId);
      expect(await window.message((message) => message.type === 'forgotten' && message.turnId === turnId)).toBeDefined();
    }
    expect(await window.session.history.size()).toBe(58);
    await window.session.forget(2);
    expect(window.failures).toEqual([]);
  });

  test('says why a turn was not forgotten', async () => {
    const { window, engines } = await scripted();
    window.session.start();
    await window.session.send('k', 'first');
    await window.turn('done', 'first');
    const connection = await window.engine.connected();
    vi.spyOn(connection, 'request').mockRejectedValueOnce(new EndlessError('storage-failed'));
    await window.session.forget(1);
    expect(window.messages.at(-1)).toMatchObject({ type: 'refused', error: { code: 'storage-failed' } });
    expect(engines).toHaveLength(1);
  });

  test('forgets the last turn and says which', async () => {
    const { window } = await scripted();
    expect(await window.session.forgetLastTurn()).toBeUndefined();
    window.session.start();
    await window.session.send('k', 'first');
    await window.session.send('l', 'second');
    await window.turn('done', 'second');
    expect(await window.session.forgetLastTurn()).toMatchObject({ message: 'second' });
    expect(await window.message(({ type }) => type === 'forgotten')).toMatchObject({ turnId: 2 });
    expect(window.session.lastTurn).toMatchObject({ message: 'first' });
  });

  test('compacts, and says how many tokens have left the cache', async () => {
    const { window } = await scripted();
    window.session.start();
    for (const message of ['first', 'second', 'third']) await window.session.send(message, message);
    await window.turn('done', 'third');
    await window.message((message) => message.type === 'status' && message.status.activity.kind === 'idle');
    expect(await window.session.compact()).toBeGreaterThan(0);
    expect(await window.session.compact()).toBe(0);
  });

  test('begins a section with the next message', async () => {
    const { window } = await scripted();
    window.session.start();
    await window.session.send('k', 'first');
    await window.turn('done', 'first');
    await window.session.beginSection();
    expect(window.session.status?.section).toBe(1);
    await window.session.send('l', 'second');
    expect(await window.turn('done', 'second')).toMatchObject({ section: 1 });
  });

  test('says why the cache could not be compacted', async () => {
    const { window } = await scripted();
    window.session.start();
    await window.engine.connected();
    vi.spyOn(window.engine, 'request').mockRejectedValueOnce(new EndlessError('engine-crashed'));
    expect(await window.session.compact()).toBeUndefined();
    expect(window.failures).toMatchObject([{ code: 'engine-crashed' }]);
  });

  test('tells what is to be put into the draft until a view has done it', async () => {
    const { window } = await scripted('');
    const told = (): HostMessage[] => window.messages.splice(0).filter(({ type }) => type === 'insert');
    window.session.insert('one');
    window.session.insert('two');
    told();
    window.session.start();
    const [one, two] = told();
    expect([one, two]).toMatchObject([{ text: 'one' }, { text: 'two' }]);
    if (one?.type === 'insert') window.session.done(one.key);
    window.session.start();
    expect(told()).toEqual([two]);
  });

  test('shows the cache, also before there is one, but not without a model', async () => {
    const { window } = await scripted();
    const told = (): number => window.messages.filter(({ type }) => type === 'showCache').length;
    const { modelPath } = window.settings;
    window.settings = { ...window.settings, modelPath: '' };
    expect(await window.session.showCache()).toBe(false);
    expect(told()).toBe(0);
    window.settings = { ...window.settings, modelPath };
    expect(await window.session.showCache()).toBe(true);
    expect(told()).toBe(1);
  });

  test('tells what was measured of the answers, from a time on', async () => {
    const { window } = await scripted();
    const begin = Date.now();
    await window.session.send('k', 'hello');
    await window.turn('done', 'hello');
    await window.session.showSamples(begin);
    const [told] = window.messages.filter((message) => message.type === 'samples');
    expect(told).toMatchObject({ since: begin, samples: [{ tokensPerSecond: 38 }] });
    await window.session.showSamples(Date.now() + 1000);
    expect(window.messages.at(-1)).toMatchObject({ type: 'samples', samples: [] });
  });

  test('pins a turn and forgets it', async () => {
    const { window } = await scripted();
    await window.session.send('k', 'hello');
    const { id } = await window.turn('done', 'hello');
    await window.session.pin(id, true);
    await expect
      .poll(() => window.session.status?.cache?.segments.filter(({ kind }) => kind === 'pinned').map(({ turnId }) => turnId))
      .toEqual([id]);
    await window.session.forget(id);
    await expect.poll(() => window.session.lastTurn).toBeUndefined();
  });

  test('sends a message with the settings of after they were read', async () => {
    const { window, another } = await scripted();
    window.session.start();
    const reading = Promise.withResolvers<void>();
    window.settled = reading.promise;
    const sent = window.session.send('k', 'hello');
    window.settings = { ...window.settings, window: 4096 };
    reading.resolve();
    await sent;
    await window.turn('done', 'hello');
    const other = another();
    other.session.start();
    await other.engine.connected();
    expect(other.session.status?.cache?.window).toBe(4096);
  });

  test('shows earlier turns page by page', async () => {
    const { window } = await scripted();
    window.session.start();
    for (let i = 1; i <= 60; i++) await window.session.send(`k${i}`, `message ${i}`);
    await window.turn('done', 'message 60');
    window.messages.length = 0;
    window.session.start();
    expect(window.messages[0]).toMatchObject({ conversation: { hasEarlier: true, turns: { length: 50, 0: { id: 11 } } } });
    await window.session.showEarlier(11);
    expect(window.messages.at(-1)).toMatchObject({ type: 'earlier', hasEarlier: false, turns: { length: 10, 0: { id: 1 } } });
  });

  test('shares its conversation with another window on the same folders', async () => {
    const { window, another } = await scripted();
    window.session.start();
    await window.engine.connected();
    const other = another();
    other.session.start();
    await other.engine.connected();
    await window.session.send('k', '/echo both');
    expect(await other.turn('done', '/echo both')).toMatchObject({ answer: 'both' });
  });

  test('shows the tokens that have left the cache', async () => {
    const { window } = await scripted();
    window.session.start();
    await window.session.send('k', 'hello');
    await window.session.send('l', '/evict 9000');
    await window.turn('done', '/evict 9000');
    const status = await window.message((message) => message.type === 'status' && message.status.evictedUpTo > 0);
    expect(status).toMatchObject({ status: { evictedUpTo: 1, stats: { evictionsToday: 1 } } });
  });
});
