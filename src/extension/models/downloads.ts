import { EventEmitter } from 'node:events';
import type * as vscode from 'vscode';
import { isUnderWay, type Download, type Hub, type Purpose } from '../../shared/downloads.ts';
import type { EngineClient } from '../engine/engine-client.ts';

/** Remembers that there is something to go on with: no engine is started to find that out. */
const UNFINISHED = 'endless.unfinishedDownloads';

interface DownloadEvents {
  /** All of them. */
  changed: [readonly Download[]];
  /** One is there, and this window is to use it. */
  done: [Download];
  /** One has failed that was under way when this window looked last. */
  failed: [Download];
}

/** What can be downloaded. */
export type Downloadable = Pick<Download, 'uri' | 'name'>;

/** The window's view of the engine's downloads. What an engine could not end is gone on with as soon as there is another. */
export class Downloads extends EventEmitter<DownloadEvents> {
  readonly #engine: EngineClient;
  readonly #hub: () => Promise<Hub>;
  readonly #memory: vscode.Memento;
  #all: readonly Download[] = [];
  /** Files that are there, and that the engine was asked for. */
  readonly #claimed = new Set<string>();

  /** @param hub how the hub is to be reached at the moment. */
  constructor(engine: EngineClient, hub: () => Promise<Hub>, memory: vscode.Memento) {
    super();
    this.#engine = engine;
    this.#hub = hub;
    this.#memory = memory;
    engine.onConnection(async (connection) => {
      connection.onEvent('downloads', ({ downloads }) => this.#take(downloads));
      this.#take((await connection.request('downloads', {})).downloads);
    });
  }

  get all(): readonly Download[] {
    return this.#all;
  }

  /** Tells somebody who is new. */
  tell(): void {
    if (this.#all.length > 0) this.emit('changed', this.#all);
  }

  /** Looks for an engine if the last window left something to go on with. */
  goOn(): void {
    if (this.#memory.get<boolean>(UNFINISHED)) this.#engine.connected().catch(() => undefined); // told by the engine's state
  }

  /**
   * Begins a download, or goes on with it.
   *
   * @param choice what the settings hold for that purpose.
   * @throws EndlessError what keeps the engine from it.
   */
  async start({ uri, name }: Downloadable, purpose: Purpose, choice: string): Promise<void> {
    const [connection, hub] = [await this.#engine.retry(), await this.#hub()];
    this.#claimed.delete(uri);
    await connection.request('startDownload', { uri, name, purpose, choice, hub });
  }

  /** Goes on with one that has stopped. @throws EndlessError what keeps the engine from it. */
  async resume(uri: string): Promise<void> {
    const download = this.#all.find((one) => one.uri === uri);
    if (download) await this.start(download, download.purpose, download.choice);
  }

  /** Stops a download. @param deletes also what has come in. */
  async end(uri: string, deletes: boolean): Promise<void> {
    await this.#engine.requestUntilAnswered('endDownload', { uri, deletes });
  }

  dispose(): void {
    this.removeAllListeners();
  }

  #take(downloads: readonly Download[]): void {
    const before = new Map(this.#all.map((download) => [download.uri, download]));
    this.#all = downloads;
    void this.#memory.update(UNFINISHED, downloads.some(isUnfinished) ? true : undefined);
    this.emit('changed', downloads);
    for (const download of downloads) {
      const last = before.get(download.uri);
      if (download.state === 'interrupted' && last?.state !== 'interrupted') this.resume(download.uri).catch(() => undefined);
      if (download.state === 'failed' && last && isUnderWay(last)) this.emit('failed', download);
      if (download.state !== 'done') this.#claimed.delete(download.uri);
      else if (!this.#claimed.has(download.uri)) {
        this.#claimed.add(download.uri);
        void this.#claim(download);
      }
    }
  }

  /** Another window may be the one to use it: should that go without, the engine tells, and it is asked again. */
  async #claim(download: Download): Promise<void> {
    const { uri } = download;
    const { isYours } = await this.#engine.requestUntilAnswered('takeDownload', { uri }).catch(() => ({ isYours: false })); // told by its state
    if (isYours) this.emit('done', download);
    else this.#claimed.delete(uri);
  }
}

function isUnfinished(download: Download): boolean {
  return isUnderWay(download) || download.state === 'interrupted' || download.state === 'done';
}
