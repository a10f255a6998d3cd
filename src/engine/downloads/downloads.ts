import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { storageError } from '../../link/storage-error.ts';
import { isUnderWay, type Download, type DownloadState } from '../../shared/downloads.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { ClientConnection } from '../../link/rpc.ts';
import type { RequestParams } from '../../shared/protocol/protocol.ts';
import type { LocalModel } from '../../shared/ranked-models.ts';
import { Throttle } from '../conversation/throttle.ts';
import { Queue } from '../queue.ts';
import { readRecord, removeRecord, writeRecord, type DownloadRecord } from './download-record.ts';
import { HubClient, type HubClientOptions } from './hub-client.ts';
import { ModelFolder, PART, RECORD } from './model-folder.ts';
import { PartSpeed } from './part-speed.ts';
import { transfer, type TransferOrder, type TransferProgress } from './transfer.ts';

/** Time between two events while something comes in, in milliseconds. */
const TELL_MS = 300;

export interface DownloadsParts {
  /** The engine's data directory. */
  readonly dataDirectory: string;
  readonly broadcast: (downloads: readonly Download[]) => void;
  /** Told of what the user is told, too, and of what nobody can do anything about. */
  readonly log: (message: string) => void;
  /** How connections are made, if not as usual. */
  readonly connections?: HubClientOptions;
  readonly pause?: TransferOrder['pause'];
}

/** A download that this engine knows. */
interface Known {
  download: Download;
  record: DownloadRecord;
  /** Who wanted it, while that is there. */
  beginner?: Beginner;
  /** Ends it; there while it is under way. */
  stop?: AbortController;
  /** Settles when it has ended, and what is not wanted any more of it is deleted. Never fails. */
  ended: Promise<void>;
}

type Order = RequestParams<'startDownload'>;
type Beginner = Pick<ClientConnection, 'closed'>;

/**
 * The downloads of this user, one at a time. What is known of each stands beside its file, so that another engine goes on where
 * this one has ended; only how the hub is reached, and the token, has to be told again.
 */
export class Downloads {
  readonly #folder: ModelFolder;
  readonly #parts: DownloadsParts;
  readonly #known = new Map<string, Known>();
  readonly #queue = new Queue();
  readonly #tell: Throttle;
  #found: Promise<void> | undefined;

  constructor(parts: DownloadsParts) {
    this.#parts = parts;
    this.#folder = new ModelFolder(parts.dataDirectory);
    this.#tell = new Throttle(TELL_MS, () => parts.broadcast(this.#all));
  }

  /** All of them, in the order in which they were wanted. */
  async list(): Promise<readonly Download[]> {
    await this.#find();
    return this.#all;
  }

  /** Begins a download, or goes on with it; one that is under way goes on as it is. @throws EndlessError `hub-address-invalid`. */
  async start(order: Order, beginner: Beginner): Promise<void> {
    await this.#find();
    const { uri, name, purpose, choice, hub } = order;
    const before = this.#known.get(uri);
    if (before && isUnderWay(before.download) && before.stop?.signal.aborted === false) return;
    const client = new HubClient(hub, this.#parts.connections);
    const { facts = {} } = before?.record ?? {};
    const record: DownloadRecord = { uri, name, purpose, choice, state: 'wanted', facts };
    const { bytes = 0 } = before?.download ?? {};
    const stop = new AbortController();
    const state = this.#all.some(isUnderWay) ? 'waiting' : 'connecting';
    const known: Known = { download: this.#describe(record, state, bytes), record, beginner, stop, ended: Promise.resolve() };
    this.#known.set(uri, known);
    void beginner.closed.then(() => {
      delete known.beginner;
      // Those that were refused may ask again.
      if (known.download.state === 'done') this.#tell.now();
    });
    known.ended = this.#see(known, before?.ended, stop.signal, () => this.#fetch(known, client, stop.signal));
    void known.ended.then(() => client.close());
    this.#tell.now();
  }

  /**
   * Takes a model that has come in off the list.
   *
   * @returns whether who asks is to use it: who wanted it, for as long as that is there, else the first that asks.
   */
  async take(uri: string, asking: Beginner): Promise<boolean> {
    await this.#find();
    const known = this.#known.get(uri);
    if (known?.download.state !== 'done') return false;
    known.beginner ??= asking;
    if (known.beginner !== asking) return false;
    await this.#remove(known);
    return true;
  }

  /**
   * Stops a download, or deletes one that is stopped. One that is begun anew meanwhile goes on.
   *
   * @param deletes also what has come in.
   */
  async end(uri: string, deletes: boolean): Promise<void> {
    await this.#find();
    const known = this.#known.get(uri);
    if (!known) return;
    known.stop?.abort();
    if (!deletes) return known.ended;
    const deleted = known.ended.then(() => this.#delete(known));
    known.ended = deleted.catch(() => undefined); // told to whoever deletes it
    await deleted;
  }

  /** The models that were downloaded and are there. */
  async models(): Promise<readonly LocalModel[]> {
    const models = await this.#folder.models();
    return models.map(({ uri, path, bytes }) => ({ path, name: basename(path, '.gguf'), bytes, store: 'downloaded', uri }));
  }

  /** Deletes a model that was downloaded, with whatever there is of it. @throws EndlessError why it cannot be. */
  async deleteModel(uri: string): Promise<void> {
    await this.end(uri, true);
    const path = this.#folder.pathOf(uri);
    await rm(path, { force: true }).catch((error: unknown) => {
      throw storageError(error, dirname(path));
    });
  }

  /** Ends what is under way; another engine may go on with it. */
  async close(): Promise<void> {
    const underWay = [...this.#known.values()].filter(({ stop }) => stop);
    for (const { stop } of underWay) stop?.abort(new Leaving());
    await Promise.all(underWay.map(({ ended }) => ended));
    this.#tell.cancel();
  }

  get #all(): readonly Download[] {
    return [...this.#known.values()].map(({ download }) => download);
  }

  /** Looks for what former engines have left, once. */
  #find(): Promise<void> {
    this.#found ??= this.#read();
    return this.#found;
  }

  async #read(): Promise<void> {
    for (const path of await this.#folder.records()) {
      const record = await readRecord(path);
      if (!record || path !== this.#recordPath(record.uri)) continue;
      const bytes = await this.#folder.bytesOf(record.uri);
      const state = record.state === 'wanted' ? 'interrupted' : record.state;
      this.#known.set(record.uri, { download: this.#describe(record, state, bytes), record, ended: Promise.resolve() });
    }
  }

  #describe(record: DownloadRecord, state: DownloadState, bytes: number): Download {
    const { uri, name, purpose, choice, error, facts } = record;
    return {
      uri,
      name,
      purpose,
      choice,
      state,
      path: this.#folder.pathOf(uri),
      bytes,
      ...(facts.bytes !== undefined && { totalBytes: facts.bytes }),
      bytesPerSecond: 0,
      ...(error && { error }),
    };
  }

  async #delete(known: Known): Promise<void> {
    if (!this.#isCurrent(known)) return;
    await rm(this.#folder.pathOf(known.record.uri) + PART, { force: true });
    await this.#remove(known);
  }

  async #remove(known: Known): Promise<void> {
    const { uri } = known.record;
    if (this.#isCurrent(known)) await removeRecord(this.#recordPath(uri));
    if (!this.#isCurrent(known)) return;
    this.#known.delete(uri);
    this.#tell.now();
  }

  /** Not where it was begun anew. */
  #isCurrent(known: Known): boolean {
    return this.#known.get(known.record.uri) === known;
  }

  /**
   * Sees a download to its end when its turn has come. Never fails: what goes wrong is what becomes of it.
   *
   * @param former the one that it takes the place of, whose files may still be about to be deleted.
   */
  async #see(known: Known, former: Promise<void> | undefined, signal: AbortSignal, fetch: () => Promise<void>): Promise<void> {
    const noted = Promise.resolve(former).then(() => this.#note(known, known.record));
    // Its turn does not depend on whose record is written sooner.
    const fetched = this.#queue.runUnless(
      signal,
      () => noted.then(fetch),
      () => undefined,
    );
    try {
      await Promise.all([noted, fetched]);
      signal.throwIfAborted();
      await this.#end(known, { state: 'done' });
    } catch (error) {
      if (signal.reason instanceof Leaving) return;
      if (signal.aborted) await this.#end(known, { state: 'stopped' });
      else await this.#fail(known, EndlessError.from(error));
    } finally {
      delete known.stop;
    }
  }

  async #fetch(known: Known, hub: HubClient, signal: AbortSignal): Promise<void> {
    const { uri, facts } = known.record;
    if (await this.#folder.has(uri)) return;
    const speed = new PartSpeed();
    await transfer({
      hub,
      uri,
      path: this.#folder.pathOf(uri),
      facts,
      onFacts: (said) => this.#note(known, { ...known.record, facts: said }),
      onProgress: (progress) => this.#progress(known, progress, speed.after(progress.bytes)),
      signal,
      ...(this.#parts.pause && { pause: this.#parts.pause }),
    });
  }

  async #fail(known: Known, error: EndlessError): Promise<void> {
    this.#parts.log(`${known.record.uri}: ${error.message} ${error.toReport().detail ?? ''}`);
    await this.#end(known, { state: 'failed', error: error.toReport() });
  }

  async #end(
    known: Known,
    outcome: Pick<DownloadRecord, 'state' | 'error'> & { readonly state: 'done' | 'stopped' | 'failed' },
  ): Promise<void> {
    const bytes = await this.#folder.bytesOf(known.record.uri);
    const { error: _, ...before } = known.record;
    const record = outcome.state === 'done' ? { ...before, facts: { ...before.facts, bytes } } : before;
    // A disk that holds no more must not hide what has become of it.
    await this.#note(known, { ...record, ...outcome }).catch((error: unknown) => this.#parts.log(String(error)));
    known.download = this.#describe(known.record, outcome.state, bytes);
    this.#tell.now();
  }

  #progress(known: Known, { state, bytes, totalBytes }: TransferProgress, bytesPerSecond: number): void {
    const isOtherState = known.download.state !== state;
    known.download = { ...known.download, state, bytes, bytesPerSecond, ...(totalBytes !== undefined && { totalBytes }) };
    if (isOtherState) this.#tell.now();
    else this.#tell.request();
  }

  async #note(known: Known, record: DownloadRecord): Promise<void> {
    known.record = record;
    await writeRecord(this.#recordPath(record.uri), record);
  }

  #recordPath(uri: string): string {
    return this.#folder.pathOf(uri) + RECORD;
  }
}

/** The engine ends, which nobody has wanted of the download. */
class Leaving extends Error {}
