import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EngineClient } from '../../../src/extension/engine/engine-client.ts';
import { Downloads } from '../../../src/extension/models/downloads.ts';
import type { Download } from '../../../src/shared/downloads.ts';
import { EnginePlace } from '../engine-process.ts';
import { file, LINKED, LocalServer, MODEL, MODEL_URI, status, type Answer } from './local-hub.ts';

const HALF = Math.floor(MODEL.length / 2);

/** Sends the first half, and nothing more. */
const firstHalf: Answer = (_request, response) => {
  response.writeHead(200, { ...LINKED, 'content-length': MODEL.length }).write(MODEL.subarray(0, HALF));
};

/** What VS Code remembers from one window to the next. */
class Memory {
  readonly #values = new Map<string, unknown>();

  get<T>(key: string): T | undefined {
    return this.#values.get(key) as T | undefined;
  }

  update(key: string, value: unknown): Promise<void> {
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, value);
    return Promise.resolve();
  }

  keys(): readonly string[] {
    return [...this.#values.keys()];
  }
}

/** A window as far as it knows of downloads. */
class Window {
  readonly engine: EngineClient;
  readonly downloads: Downloads;
  readonly done: Download[] = [];
  readonly failed: Download[] = [];
  /** The first one that this window is to use. */
  readonly used: Promise<Download>;

  constructor(place: EnginePlace, hub: LocalServer, memory: Memory) {
    this.engine = new EngineClient(() => place.connect());
    this.downloads = new Downloads(this.engine, () => Promise.resolve({ endpoint: hub.address, noProxy: [] }), memory);
    this.downloads.on('done', (download) => this.done.push(download));
    this.used = new Promise((resolve) => this.downloads.once('done', resolve));
    this.downloads.on('failed', (download) => this.failed.push(download));
  }

  async start(): Promise<void> {
    await this.downloads.start({ uri: MODEL_URI, name: 'Tiny' }, 'chat', '/before.gguf');
  }

  /** Settles when that holds of the download. */
  until(holds: (download: Download | undefined) => boolean): Promise<void> {
    const isSo = (): boolean => holds(this.downloads.all.find(({ uri }) => uri === MODEL_URI));
    if (isSo()) return Promise.resolve();
    return new Promise((resolve) => {
      this.downloads.on('changed', () => {
        if (isSo()) resolve();
      });
    });
  }

  close(): void {
    this.downloads.dispose();
    this.engine.dispose();
  }
}

async function server(...answers: Answer[]): Promise<LocalServer> {
  const hub = await LocalServer.start(...answers);
  onTestFinished(() => hub.close());
  return hub;
}

function engines(): EnginePlace {
  const place = new EnginePlace({ env: { ENDLESS_LINGER_MS: '2000', HF_ENDPOINT: '' } });
  onTestFinished(() => place.close());
  return place;
}

function open(place: EnginePlace, hub: LocalServer, memory = new Memory()): Window {
  const window = new Window(place, hub, memory);
  onTestFinished(() => window.close());
  return window;
}

/** A window that has wanted the download, and does nothing more by itself. */
async function wanting(place: EnginePlace, hub: LocalServer): Promise<EngineClient> {
  const engine = new EngineClient(() => place.connect());
  onTestFinished(() => engine.dispose());
  const reached = { endpoint: hub.address, noProxy: [] };
  await engine.request('startDownload', { uri: MODEL_URI, name: 'Tiny', purpose: 'chat', choice: '', hub: reached });
  return engine;
}

describe('a download', () => {
  it('is seen by every window, goes on without the one that wanted it, and is for the one that is there to use', async () => {
    const rest = Promise.withResolvers<void>();
    const inHalves: Answer = (request, response) => {
      firstHalf(request, response);
      void rest.promise.then(() => response.end(MODEL.subarray(HALF)));
    };
    const [place, hub] = [engines(), await server(inHalves)];
    const [first, second] = [open(place, hub), open(place, hub)];
    await first.start();
    await second.engine.connected();
    await second.until((download) => download?.bytes === HALF);
    first.close();
    rest.resolve();
    await expect(second.used).resolves.toMatchObject({ uri: MODEL_URI, purpose: 'chat', choice: '/before.gguf' });
    expect(second.downloads.all).toEqual([]);
    expect(hub.asked).toHaveLength(1);
  });

  it('is for the window to use that wanted it, and for no other while that is there', async () => {
    const [place, hub] = [engines(), await server(file())];
    const [other, beginner] = [open(place, hub), await wanting(place, hub)];
    await other.engine.connected();
    await other.until((download) => download?.state === 'done');
    await expect(other.engine.request('takeDownload', { uri: MODEL_URI })).resolves.toEqual({ isYours: false });
    await expect(beginner.request('takeDownload', { uri: MODEL_URI })).resolves.toEqual({ isYours: true });
    await other.until((download) => download === undefined);
    expect(other.done).toEqual([]);
  });

  it('is for another one when the window that wanted it has gone without using it', async () => {
    const [place, hub] = [engines(), await server(file())];
    const [other, beginner] = [open(place, hub), await wanting(place, hub)];
    await other.engine.connected();
    await other.until((download) => download?.state === 'done');
    await expect(other.engine.request('takeDownload', { uri: MODEL_URI })).resolves.toEqual({ isYours: false });
    beginner.dispose();
    await expect(other.used).resolves.toMatchObject({ uri: MODEL_URI });
  });

  it('that came in when nobody was there is for one of the next windows', async () => {
    const [place, hub] = [engines(), await server(file())];
    const engine = await wanting(place, hub);
    await expect.poll(async () => (await engine.request('downloads', {})).downloads[0]?.state, { timeout: 60_000 }).toBe('done');
    engine.dispose();
    const [first, second] = [open(place, hub), open(place, hub)];
    await Promise.all([first.engine.connected(), second.engine.connected()]);
    await Promise.all([first, second].map((window) => window.until((download) => download === undefined)));
    await Promise.race([first.used, second.used]);
    expect(first.done.length + second.done.length).toBe(1);
  });

  it('is gone on with by itself when the engine has crashed, and only the rest is fetched', async () => {
    const [place, hub] = [engines(), await server(firstHalf, file())];
    const window = open(place, hub);
    await window.start();
    await window.until((download) => download?.bytes === HALF);
    process.kill(await place.pid(), 'SIGKILL');
    await window.used;
    expect(hub.asked.map(({ range }) => range)).toEqual([undefined, `bytes=${String(HALF)}-`]);
  });

  it('is gone on with by the next window when all have gone with the engine', async () => {
    const [place, hub, memory] = [engines(), await server(firstHalf, file()), new Memory()];
    const first = open(place, hub, memory);
    await first.start();
    await first.until((download) => download?.bytes === HALF);
    const pid = await place.pid();
    first.close();
    process.kill(pid, 'SIGTERM');
    await Promise.all(place.exits);

    const next = open(place, hub, memory);
    next.downloads.goOn();
    await next.used;
    expect(hub.asked.map(({ range }) => range)).toEqual([undefined, `bytes=${String(HALF)}-`]);
  });

  it('that the user has stopped is not gone on with by itself', async () => {
    const [place, hub, memory] = [engines(), await server(firstHalf), new Memory()];
    const first = open(place, hub, memory);
    await first.start();
    await first.until((download) => download?.bytes === HALF);
    await first.downloads.end(MODEL_URI, false);
    expect(memory.keys()).toEqual([]);
    const next = open(place, hub, memory);
    next.downloads.goOn();
    expect(next.engine.state).toEqual({ kind: 'idle' });
  });

  it('that has failed is told once, with the reason', async () => {
    const [place, hub] = [engines(), await server(status(404))];
    const window = open(place, hub);
    await window.start();
    await window.until((download) => download?.state === 'failed');
    expect(window.failed).toMatchObject([{ error: { code: 'hub-not-found' } }]);
    const late = open(place, hub);
    await late.engine.connected();
    expect(late.failed).toEqual([]);
  });
});

it('a token stands in no file of the engine', async () => {
  const [place, hub] = [engines(), await server(firstHalf)];
  const engine = new EngineClient(() => place.connect());
  onTestFinished(() => engine.dispose());
  const token = 'token-that-nobody-else-may-read';
  await engine.request('startDownload', {
    uri: MODEL_URI,
    name: 'Tiny',
    purpose: 'chat',
    choice: '',
    hub: { endpoint: hub.address, noProxy: [], token },
  });
  const seen = async (): Promise<readonly Download[]> => (await engine.request('downloads', {})).downloads;
  await expect.poll(async () => (await seen())[0]?.bytes).toBe(HALF);
  const files = readdirSync(place.directory, { recursive: true, encoding: 'utf8' }).map((name) => join(place.directory, name));
  const holding = files.filter((path) => statSync(path).isFile() && readFileSync(path, 'latin1').includes(token));
  expect(hub.asked[0]?.authorization).toBe(`Bearer ${token}`);
  expect(holding).toEqual([]);
});
