import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Downloads } from '../../../src/engine/downloads/downloads.ts';
import type { HubClientOptions } from '../../../src/engine/downloads/hub-client.ts';
import { isUnderWay, type Download, type Hub } from '../../../src/shared/downloads.ts';
import {
  brokenOff,
  file,
  LINKED,
  LocalServer,
  MODEL,
  MODEL_PATH,
  MODEL_SHA256,
  MODEL_URI,
  redirect,
  status,
  type Answer,
} from './local-hub.ts';

const HALF = Math.floor(MODEL.length / 2);

async function server(...answers: Answer[]): Promise<LocalServer> {
  const local = await LocalServer.start(...answers);
  onTestFinished(() => local.close());
  return local;
}

/** The downloads of an engine, and what its clients are told. */
class Place {
  readonly directory: string;
  readonly told: (readonly Download[])[] = [];
  /** Seconds that were waited, instead of being waited. */
  readonly pauses: number[] = [];
  readonly downloads: Downloads;
  /** Wants what is downloaded, and stays. */
  readonly window = { closed: new Promise<void>(() => undefined) };
  #heard: () => void = () => undefined;

  constructor(directory = mkdtempSync(join(tmpdir(), 'endless-downloads-')), connections: HubClientOptions = { env: {} }) {
    this.directory = directory;
    this.downloads = new Downloads({
      dataDirectory: directory,
      broadcast: (downloads) => {
        this.told.push(downloads);
        this.#heard();
      },
      log: () => undefined,
      connections,
      pause: (seconds) => Promise.resolve(void this.pauses.push(seconds)),
    });
    onTestFinished(async () => {
      await this.downloads.close();
      rmSync(directory, { recursive: true, force: true });
    });
  }

  get path(): string {
    return join(this.directory, 'models', 'maker', 'tiny-GGUF', 'tiny.gguf');
  }

  get part(): Buffer {
    return readFileSync(`${this.path}.part`);
  }

  async start(endpoint: string, hub: Partial<Hub> = {}, uri = MODEL_URI): Promise<void> {
    await this.downloads.start({ uri, name: 'Tiny', purpose: 'chat', choice: '', hub: { endpoint, noProxy: [], ...hub } }, this.window);
  }

  /** How the download stands when that holds. */
  async when(holds: (download: Download) => boolean, uri = MODEL_URI): Promise<Download> {
    for (;;) {
      const heard = new Promise<void>((resolve) => (this.#heard = resolve));
      const download = (await this.downloads.list()).find((one) => one.uri === uri);
      if (download && holds(download)) return download;
      await heard;
    }
  }

  /** Downloads, and tells what has become of it. */
  async outcome(hub: LocalServer, settings: Partial<Hub> = {}): Promise<Download> {
    await this.start(hub.address, settings);
    return this.when((download) => !isUnderWay(download));
  }
}

/** A place where the first half of the file has come in before the user stopped it. */
async function stoppedHalfway(headers = LINKED): Promise<Place> {
  const stalling: Answer = (_request, response) => {
    response.writeHead(200, { ...headers, 'content-length': MODEL.length }).write(MODEL.subarray(0, HALF));
  };
  const place = new Place();
  await place.start((await server(stalling)).address);
  await place.when(({ bytes }) => bytes === HALF);
  await place.downloads.end(MODEL_URI, false);
  await expect(place.when(() => true)).resolves.toMatchObject({ state: 'stopped', bytes: HALF, totalBytes: MODEL.length });
  return place;
}

describe('a download', () => {
  it('is there whole, under its own name, for the user only, when its checksum is right', async () => {
    const [hub, place] = [await server(file()), new Place()];
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'done', path: place.path, bytes: MODEL.length });
    expect(hub.asked).toEqual([{ path: MODEL_PATH }]);
    expect(readFileSync(place.path)).toEqual(MODEL);
    expect(statSync(place.path).mode & 0o077).toBe(0);
    expect(statSync(dirname(place.path)).mode & 0o077).toBe(0);
    expect(existsSync(`${place.path}.part`)).toBe(false);
  });

  it('tells its states in order, and how much there is of how much', async () => {
    const [hub, place] = [await server(file()), new Place()];
    await place.outcome(hub);
    const states = place.told.map(([download]) => download?.state);
    expect(states.filter((state, index) => state !== states[index - 1])).toEqual(['connecting', 'downloading', 'checking', 'done']);
    expect(place.told.flat().find(({ state }) => state === 'checking')).toMatchObject({ bytes: MODEL.length, totalBytes: MODEL.length });
  });

  it('is not loaded again when it is there', async () => {
    const [hub, place] = [await server(file()), new Place()];
    await place.outcome(hub);
    await expect(place.downloads.take(MODEL_URI, place.window)).resolves.toBe(true);
    await expect(place.downloads.list()).resolves.toEqual([]);
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'done' });
    expect(hub.asked).toHaveLength(1);
  });

  it('goes on where it was stopped, and fetches only the rest', async () => {
    const [place, hub] = [await stoppedHalfway(), await server(file())];
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'done' });
    expect(hub.asked.map(({ range }) => range)).toEqual([`bytes=${String(HALF)}-`]);
    expect(readFileSync(place.path)).toEqual(MODEL);
  });

  it('is gone without a trace when it is to be deleted', async () => {
    const place = await stoppedHalfway();
    await place.downloads.end(MODEL_URI, true);
    await expect(place.downloads.list()).resolves.toEqual([]);
    expect(existsSync(`${place.path}.part`)).toBe(false);
    expect(existsSync(`${place.path}.part.json`)).toBe(false);
  });

  it('that is begun anew while it is being deleted comes in whole', async () => {
    const stalling: Answer = (_request, response) => {
      response.writeHead(200, { ...LINKED, 'content-length': MODEL.length }).write(MODEL.subarray(0, HALF));
    };
    for (const state of ['downloading', 'stopped'] as const) {
      const [place, hub] = [new Place(), await server(stalling, file())];
      await place.start(hub.address);
      await place.when(({ bytes }) => bytes === HALF);
      const deleted = place.downloads.end(MODEL_URI, true);
      await place.when((download) => download.state === state);
      await place.start(hub.address);
      await deleted;
      await expect(place.when((download) => download.state === 'done')).resolves.toMatchObject({ bytes: MODEL.length });
      expect(readFileSync(place.path)).toEqual(MODEL);
      expect(existsSync(`${place.path}.part.json`)).toBe(true);
    }
  });

  it('is known to the next engine, which goes on when it is told how to reach the hub', async () => {
    const stalling: Answer = (_request, response) => {
      response.writeHead(200, { ...LINKED, 'content-length': MODEL.length }).write(MODEL.subarray(0, HALF));
    };
    const first = new Place();
    await first.start((await server(stalling)).address);
    await first.when(({ bytes }) => bytes === HALF);
    await first.downloads.close();

    const [next, hub] = [new Place(first.directory), await server(file())];
    await expect(next.when(() => true)).resolves.toMatchObject({ state: 'interrupted', name: 'Tiny', bytes: HALF });
    await expect(next.outcome(hub)).resolves.toMatchObject({ state: 'done' });
    expect(hub.asked.map(({ range }) => range)).toEqual([`bytes=${String(HALF)}-`]);
  });

  it('waits for another one, and can be stopped while it waits', async () => {
    const [hub, place] = [await server((_request, response) => void response.writeHead(200, LINKED).write('GGUF')), new Place()];
    const other = 'hf:maker/other-GGUF/other.gguf';
    await place.start(hub.address);
    await place.start(hub.address, {}, other);
    await place.when(({ state }) => state === 'downloading');
    await expect(place.when(() => true, other)).resolves.toMatchObject({ state: 'waiting' });
    await place.downloads.end(other, false);
    await expect(place.when(() => true, other)).resolves.toMatchObject({ state: 'stopped' });
    expect(hub.asked).toHaveLength(1);
  });
});

describe('when a server', () => {
  it('drops the connection again and again, each try fetches only what is missing', async () => {
    const third = Math.ceil(MODEL.length / 3);
    const [hub, place] = [await server(brokenOff(third), brokenOff(third), status(503), file()), new Place()];
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'done' });
    const ranges = hub.asked.map(({ range }) => Number(/\d+/.exec(range ?? '0')?.[0]));
    expect(ranges[0]).toBe(0);
    expect(ranges.slice(1)).toEqual([...ranges.slice(1)].toSorted((one, other) => one - other));
    expect(ranges.at(-1)).toBeGreaterThan(0);
    expect(readFileSync(place.path)).toEqual(MODEL);
  });

  it('drops it without ever sending more, the user is told after some tries, and what has come in stays', async () => {
    const [place, hub] = [await stoppedHalfway(), await server(brokenOff(0))];
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'failed', error: { code: 'download-interrupted' }, bytes: HALF });
    expect(place.pauses).toEqual([1, 2, 4, 8, 16, 30, 30]);
    expect(place.part).toEqual(MODEL.subarray(0, HALF));
  });

  it('says nothing any more, the connection is given up and taken up anew', async () => {
    const silent: Answer = (_request, response) => {
      response.writeHead(200, { ...LINKED, 'content-length': MODEL.length }).write(MODEL.subarray(0, HALF));
    };
    const [hub, place] = [await server(silent, file()), new Place(undefined, { env: {}, silenceMs: 3_000 })];
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'done' });
    expect(hub.asked.map(({ range }) => range)).toEqual([undefined, `bytes=${String(HALF)}-`]);
  });

  it('takes its time before it begins, it is waited for', async () => {
    const begin = Promise.withResolvers<void>();
    const slow: Answer = (request, response) => void begin.promise.then(() => file()(request, response));
    const [hub, place] = [await server(slow), new Place()];
    await place.start(hub.address);
    await expect(place.when(({ state }) => state === 'connecting')).resolves.toMatchObject({ bytes: 0, bytesPerSecond: 0 });
    begin.resolve();
    await expect(place.when((download) => !isUnderWay(download))).resolves.toMatchObject({ state: 'done' });
  });

  it('ignores that only the rest was asked for, the whole is taken from the beginning', async () => {
    const whole: Answer = (_request, response) => response.writeHead(200, { ...LINKED, 'content-length': MODEL.length }).end(MODEL);
    const [place, hub] = [await stoppedHalfway(), await server(whole)];
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'done' });
    expect(readFileSync(place.path)).toEqual(MODEL);
  });

  it('sends another range than was asked for, the file is fetched from the beginning', async () => {
    const wrong: Answer = (_request, response) => {
      const range = `bytes 5-${String(MODEL.length - 1)}/${String(MODEL.length)}`;
      response.writeHead(206, { ...LINKED, 'content-range': range, 'content-length': MODEL.length - 5 }).end(MODEL.subarray(5));
    };
    const [place, hub] = [await stoppedHalfway(), await server(wrong, file())];
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'done' });
    expect(hub.asked.map(({ range }) => range)).toEqual([`bytes=${String(HALF)}-`, undefined]);
  });

  it('has another file under the name by now, nothing of the old one is kept', async () => {
    const changed = Buffer.from(MODEL).fill(7, 100, 200);
    const sha256 = 'f'.repeat(64);
    const [place, hub] = [await stoppedHalfway({ ...LINKED, 'x-linked-etag': `"${sha256}"` }), await server(file())];
    expect(changed).not.toEqual(MODEL);
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'done' });
    expect(hub.asked.map(({ range }) => range)).toEqual([`bytes=${String(HALF)}-`, undefined]);
  });
});

describe('nothing broken is ever taken for a model:', () => {
  const flipped = Buffer.from(MODEL);
  flipped[HALF] = (flipped[HALF] ?? 0) ^ 1;
  const unlinked = {};

  it.each<[string, Answer]>([
    ['one wrong byte', file(flipped)],
    ['more than was promised', (_request, response) => response.writeHead(200, LINKED).end(Buffer.concat([MODEL, MODEL]))],
    ['half a file that is said to be whole, from a hub that knows no checksums', file(MODEL.subarray(0, HALF), unlinked)],
    ['nothing at all', file(Buffer.alloc(0), unlinked)],
  ])('%s', async (_what, answer) => {
    const [hub, place] = [await server(answer), new Place()];
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'failed', error: { code: 'download-damaged' }, bytes: 0 });
    expect(existsSync(place.path)).toBe(false);
    expect(existsSync(`${place.path}.part`)).toBe(false);
  });

  it.each<[string, Answer]>([
    ['a size that is not the promised one', file(MODEL.subarray(0, HALF))],
    ['a page instead of the file', file(Buffer.from('<html>Log in first</html>'), unlinked)],
  ])('%s, of which nothing is taken', async (_what, answer) => {
    const [hub, place] = [await server(answer), new Place()];
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'failed', error: { code: 'hub-wrong-answer' }, bytes: 0 });
  });

  it('a page that a network puts in the way costs nothing of what has come in', async () => {
    const portal: Answer = (_request, response) => response.writeHead(200, { 'content-length': 25 }).end('<html>Log in first</html>');
    const [place, hub] = [await stoppedHalfway(), await server(portal, file())];
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'failed', error: { code: 'hub-wrong-answer' }, bytes: HALF });
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'done' });
    expect(hub.asked.at(-1)?.range).toBe(`bytes=${String(HALF)}-`);
  });

  it('the checksum of one hub holds for a mirror that knows none', async () => {
    const [place, hub] = [await stoppedHalfway(), await server(file(flipped, unlinked))];
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'failed', error: { code: 'download-damaged' } });
    expect(hub.asked[0]?.range).toBe(`bytes=${String(HALF)}-`);
  });

  it('a part that was damaged on the disk is found out, and is loaded anew', async () => {
    const [place, hub] = [await stoppedHalfway(), await server(file())];
    writeFileSync(`${place.path}.part`, flipped.subarray(1, HALF + 1));
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'failed', error: { code: 'download-damaged' } });
    expect(existsSync(place.path)).toBe(false);
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'done' });
    expect(readFileSync(place.path)).toEqual(MODEL);
  });

  it('a file without a checksum is taken when it is whole', async () => {
    const [hub, place] = [await server(file(MODEL, unlinked)), new Place()];
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'done' });
  });

  it('a length that is too long is no reason to wait for ever', async () => {
    const tooLong: Answer = (_request, response) => {
      response.writeHead(200, { etag: '"a"', 'content-length': MODEL.length + 1000 }).write(MODEL);
    };
    const [hub, place] = [await server(tooLong, file(MODEL, { etag: '"a"' })), new Place(undefined, { env: {}, silenceMs: 3_000 })];
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'done', totalBytes: MODEL.length });
    expect(hub.asked.map(({ range, ifRange }) => [range, ifRange])).toEqual([
      [undefined, undefined],
      [`bytes=${String(MODEL.length)}-`, '"a"'],
    ]);
  });

  it('no length is as good as one, where there is a checksum', async () => {
    const chunked: Answer = (_request, response) => {
      response.writeHead(200, { 'x-linked-etag': LINKED['x-linked-etag'] }).write(MODEL.subarray(0, 5));
      response.end(MODEL.subarray(5));
    };
    const [hub, place] = [await server(chunked), new Place()];
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'done', totalBytes: MODEL.length });
  });
});

describe('what the hub refuses is told by its own code:', () => {
  const soon = new Date(Date.now() + 3_600_000).toUTCString();
  it.each<[string, Answer, Partial<Hub>, object]>([
    ['401 to somebody unknown', status(401), {}, { code: 'hub-token-needed' }],
    ['403 to somebody unknown', status(403), {}, { code: 'hub-token-needed' }],
    ['401 to a token', status(401), { token: 'secret' }, { code: 'hub-access-denied' }],
    ['403 to a token', status(403), { token: 'secret' }, { code: 'hub-access-denied' }],
    ['404', status(404), {}, { code: 'hub-not-found' }],
    ['429 for an hour', status(429, { 'retry-after': '3600' }), {}, { code: 'hub-busy', args: { seconds: 3600 } }],
    ['429 until a date', status(429, { 'retry-after': soon }), {}, { code: 'hub-busy' }],
    ['500', status(500), {}, { code: 'hub-failed', args: { status: 500 } }],
    ['503', status(503), {}, { code: 'hub-failed', args: { status: 503 } }],
    ['418', status(418), {}, { code: 'hub-failed', args: { status: 418 } }],
  ])('%s', async (_what, answer, settings, error) => {
    const [hub, place] = [await server(answer), new Place()];
    await expect(place.outcome(hub, settings)).resolves.toMatchObject({ state: 'failed', error });
    expect(existsSync(place.path)).toBe(false);
  });

  it('429 for a short while is waited for as long as it says', async () => {
    const [hub, place] = [await server(status(429, { 'retry-after': '7' }), file()), new Place()];
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'done' });
    expect(place.pauses).toEqual([7]);
  });

  it.each<[string, Answer]>([
    ['for good', status(404)],
    ['for longer than anybody waits', status(429, { 'retry-after': '3600' })],
  ])('what is refused %s is asked for once', async (_what, answer) => {
    const [hub, place] = [await server(answer), new Place()];
    await place.outcome(hub);
    expect(hub.asked).toHaveLength(1);
    expect(place.pauses).toEqual([]);
  });

  it('nobody there', async () => {
    const [gone, place] = [await LocalServer.start(), new Place()];
    const { address } = gone;
    await gone.close();
    await place.start(address);
    await expect(place.when((download) => !isUnderWay(download))).resolves.toMatchObject({ error: { code: 'hub-unreachable' } });
  });

  it('an address that is none', async () => {
    await expect(new Place().start('nowhere')).rejects.toMatchObject({ code: 'hub-address-invalid', args: { address: 'nowhere' } });
  });
});

describe('a redirect', () => {
  it('is followed with what the hub said of the file, and without the token', async () => {
    const storage = await server(file(MODEL, {}));
    const [hub, place] = [await server(redirect(`${storage.address}/blob`)), new Place()];
    await expect(place.outcome(hub, { token: 'secret' })).resolves.toMatchObject({ state: 'done' });
    expect(hub.asked).toEqual([{ path: MODEL_PATH, authorization: 'Bearer secret' }]);
    expect(storage.asked).toEqual([{ path: '/blob' }]);
  });

  it('does not let the storage say what the file has to be', async () => {
    const flipped = Buffer.from(MODEL).fill(1, HALF, HALF + 1);
    const sha256 = createHash('sha256').update(flipped).digest('hex');
    const storage = await server(file(flipped, { 'x-linked-etag': `"${sha256}"` }));
    const [hub, place] = [await server(redirect(`${storage.address}/blob`)), new Place()];
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'failed', error: { code: 'download-damaged' } });
  });

  it('to somebody who refuses is no question of the token', async () => {
    const storage = await server(status(403));
    const [hub, place] = [await server(redirect(`${storage.address}/blob`)), new Place()];
    await expect(place.outcome(hub)).resolves.toMatchObject({ error: { code: 'hub-failed', args: { status: 403 } } });
  });

  it('within the hub keeps the token', async () => {
    const [hub, place] = [await server(redirect('/elsewhere'), file()), new Place()];
    await expect(place.outcome(hub, { token: 'secret' })).resolves.toMatchObject({ state: 'done' });
    expect(hub.asked.map(({ path, authorization }) => [path, authorization])).toEqual([
      [MODEL_PATH, 'Bearer secret'],
      ['/elsewhere', 'Bearer secret'],
    ]);
  });

  it.each(['/round', 'file:///etc/passwd'])('to %s for ever, or to what is no web, ends', async (to) => {
    const [hub, place] = [await server(redirect(to)), new Place()];
    await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'failed', error: { code: 'hub-failed' } });
    expect(hub.asked.length).toBeLessThanOrEqual(6);
  });
});

describe('the hub is found', () => {
  it('where HF_ENDPOINT says, when the settings say nothing', async () => {
    const hub = await server(file());
    const place = new Place(undefined, { env: { HF_ENDPOINT: `${hub.address}/` } });
    await place.start('');
    await expect(place.when((download) => !isUnderWay(download))).resolves.toMatchObject({ state: 'done' });
  });

  /** A proxy for what is not protected is asked for the whole address. */
  const proxy: Answer = (request, response) => {
    if (request.url === `http://hub.invalid${MODEL_PATH}`) file()(request, response);
    else response.writeHead(500).end();
  };

  it('through the proxy of the settings', async () => {
    const [through, place] = [await server(proxy), new Place()];
    await place.start('http://hub.invalid', { proxy: through.address });
    await expect(place.when((download) => !isUnderWay(download))).resolves.toMatchObject({ state: 'done' });
  });

  it('through the proxy of the environment', async () => {
    const through = await server(proxy);
    const place = new Place(undefined, { env: { HTTP_PROXY: through.address } });
    await place.start('http://hub.invalid');
    await expect(place.when((download) => !isUnderWay(download))).resolves.toMatchObject({ state: 'done' });
  });

  it('without it, where the settings name the host', async () => {
    const [through, hub, place] = [await server(proxy), await server(file()), new Place()];
    await place.start(hub.address, { proxy: through.address, noProxy: ['127.0.0.1'] });
    await expect(place.when((download) => !isUnderWay(download))).resolves.toMatchObject({ state: 'done' });
    expect(through.asked).toEqual([]);
  });

  it('but not when the proxy refuses', async () => {
    const [through, place] = [await server(status(407)), new Place()];
    await place.start('http://hub.invalid', { proxy: through.address });
    await expect(place.when((download) => !isUnderWay(download))).resolves.toMatchObject({ error: { code: 'proxy-failed' } });
  });
});

it('a checksum that is none is not taken for one', async () => {
  const [hub, place] = [await server(file(MODEL, { 'x-linked-etag': `"${MODEL_SHA256.slice(0, 40)}"` })), new Place()];
  await expect(place.outcome(hub)).resolves.toMatchObject({ state: 'done' });
});
