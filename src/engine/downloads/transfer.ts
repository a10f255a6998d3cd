import { rename, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DownloadState } from '../../shared/downloads.ts';
import { EndlessError } from '../../shared/errors.ts';
import { inspectModelFile } from '../model/model-file.ts';
import { connectionError, isPassing, statusError } from './download-error.ts';
import type { FileFacts, HubAnswer, HubClient } from './hub-client.ts';
import { PART } from './model-folder.ts';
import { PartFile } from './part-file.ts';

/** After so many failures in a row without a byte more the user is asked. */
const MOST_FAILURES = 7;
/** Longest wait before it is tried again, in seconds; who is told to wait longer is told so. */
const LONGEST_WAIT = 30;
/** Part of a model's size that stays free on the disk: conversations are written there, too. */
const LEFT_FREE = 1 / 20;

/** What a GGUF file begins with. */
const MAGIC = 'GGUF';

/** What is known of a file. */
export interface TransferProgress {
  readonly state: DownloadState;
  readonly bytes: number;
  readonly totalBytes: number | undefined;
}

export interface TransferOrder {
  readonly hub: HubClient;
  readonly uri: string;
  /** Where it is to be when it is whole. */
  readonly path: string;
  /** What was said of the file that there is a part of already. */
  readonly facts: FileFacts;
  readonly onFacts: (facts: FileFacts) => Promise<void>;
  readonly onProgress: (progress: TransferProgress) => void;
  readonly signal: AbortSignal;
  /** Waits so many seconds. */
  readonly pause?: (seconds: number, signal: AbortSignal) => Promise<void>;
}

/** Lets so many seconds go by. */
async function pauseFor(seconds: number, signal: AbortSignal): Promise<void> {
  await delay(seconds * 1000, undefined, { signal });
}

/**
 * Fetches a file into a part beside its place, and moves it there when it is whole and what the hub says it is. What has come in
 * stays when it is stopped or fails, and is not fetched again; what turns out to be wrong is deleted.
 *
 * @throws EndlessError with the code of what went wrong; the signal's reason when it is stopped.
 */
export async function transfer(order: TransferOrder): Promise<void> {
  const part = await PartFile.open(`${order.path}${PART}`, order.signal);
  try {
    await new Transfer(order, part).run();
  } catch (error) {
    if (error instanceof EndlessError && error.code === 'download-damaged') await rm(`${order.path}${PART}`, { force: true });
    throw error;
  } finally {
    await part.close();
  }
  await rename(`${order.path}${PART}`, order.path);
}

class Transfer {
  readonly #order: TransferOrder;
  readonly #part: PartFile;
  #facts: FileFacts;
  #totalBytes: number | undefined;

  constructor(order: TransferOrder, part: PartFile) {
    this.#order = order;
    this.#part = part;
    this.#facts = order.facts;
    this.#totalBytes = order.facts.bytes;
  }

  async run(): Promise<void> {
    const { signal, pause = pauseFor } = this.#order;
    if (!this.#isKnown) await this.#part.empty();
    let failures = 0;
    let furthest = this.#part.bytes;
    let host = '';
    while (!this.#isWhole) {
      try {
        this.#tell(failures === 0 ? 'connecting' : 'retrying');
        const answer = await this.#ask();
        host = answer.host;
        try {
          if (await this.#begins(answer)) await this.#receive(answer);
        } finally {
          answer.response.destroy();
        }
      } catch (error) {
        signal.throwIfAborted();
        const told = EndlessError.from(error);
        failures = this.#part.bytes > furthest ? 1 : failures + 1;
        furthest = Math.max(furthest, this.#part.bytes);
        const seconds = secondsBefore(failures, told);
        if (seconds === undefined) throw told;
        this.#tell('retrying');
        await pause(seconds, signal);
      }
    }
    this.#tell('checking');
    await this.#check(host);
  }

  /** Whether what is there can be told from a part of something else. */
  get #isKnown(): boolean {
    return this.#facts.sha256 !== undefined || this.#facts.etag !== undefined;
  }

  get #isWhole(): boolean {
    return this.#totalBytes !== undefined && this.#part.bytes === this.#totalBytes;
  }

  #ask(): Promise<HubAnswer> {
    const { hub, uri, signal } = this.#order;
    // What has a checksum needs no other proof that it is still the same.
    const etag = this.#facts.sha256 === undefined ? this.#facts.etag : undefined;
    return hub.get(uri, { from: this.#part.bytes, etag }, signal);
  }

  /**
   * Makes ready for what is about to come in.
   *
   * @returns whether something is; where not, it is seen anew what is missing.
   * @throws EndlessError what the hub says instead, `hub-wrong-answer`, or `disk-space`.
   */
  async #begins(answer: HubAnswer): Promise<boolean> {
    const { response, facts, host } = answer;
    const sent = whatIsSent(response, this.#part.bytes);
    if (!sent) throw statusError(answer, this.#order.hub.hasToken);
    const isOther = isOtherFile(this.#facts, facts);
    if (sent.what === 'else' || (sent.what !== 'whole' && isOther)) {
      await this.#restart(facts);
      return false;
    }
    // Who knows no checksum does not make the one that is known wrong.
    const known = this.#facts.sha256 === undefined || isOther ? facts : { ...this.#facts, ...facts };
    const totalBytes = known.bytes ?? sent.totalBytes;
    if (sent.totalBytes !== undefined && sent.totalBytes !== totalBytes) throw new EndlessError('hub-wrong-answer', { host });
    if (sent.what === 'whole') await this.#part.empty();
    this.#totalBytes = totalBytes;
    await this.#note({ ...known, bytes: totalBytes });
    if (sent.what === 'nothing') return false;
    await this.#requireRoom();
    return true;
  }

  async #restart(facts: FileFacts): Promise<void> {
    await this.#part.empty();
    this.#totalBytes = undefined;
    await this.#note(facts);
  }

  async #note(facts: FileFacts): Promise<void> {
    this.#facts = facts;
    await this.#order.onFacts(facts);
  }

  async #requireRoom(): Promise<void> {
    if (this.#totalBytes === undefined) return;
    const folder = dirname(this.#order.path);
    const { bavail, bsize } = await statfs(folder);
    const [needed, free] = [this.#totalBytes - this.#part.bytes + this.#totalBytes * LEFT_FREE, bavail * bsize];
    if (needed > free) throw new EndlessError('disk-space', { folder, needed: Math.ceil(needed), free });
  }

  async #receive({ response, host }: HubAnswer): Promise<void> {
    this.#tell('downloading');
    const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    for (let chunk = await next(chunks, host); !chunk.done; chunk = await next(chunks, host)) await this.#take(chunk.value, host);
    this.#totalBytes ??= this.#part.bytes;
    if (!this.#isWhole) throw new EndlessError('download-interrupted', { host });
  }

  async #take(bytes: Uint8Array, host: string): Promise<void> {
    if (this.#totalBytes !== undefined && this.#part.bytes + bytes.length > this.#totalBytes)
      throw new EndlessError('download-damaged', { host });
    if (this.#part.bytes === 0 && !mayBeModel(bytes)) throw new EndlessError('hub-wrong-answer', { host });
    await this.#part.append(bytes);
    this.#tell('downloading');
  }

  /** What has no checksum must at least be a model from its beginning to its end. */
  async #check(host: string): Promise<void> {
    await this.#part.flush();
    const { sha256 } = this.#facts;
    const isRight = sha256 === undefined ? await isWholeModel(`${this.#order.path}${PART}`) : sha256 === this.#part.sha256;
    if (!isRight) throw new EndlessError('download-damaged', { host });
  }

  #tell(state: DownloadState): void {
    this.#order.onProgress({ state, bytes: this.#part.bytes, totalBytes: this.#totalBytes });
  }
}

/** What an answer holds of the file: all of it, the rest that was asked for, nothing since there is no rest, or something else. */
interface Sent {
  readonly what: 'whole' | 'rest' | 'nothing' | 'else';
  /** Of the whole. */
  readonly totalBytes: number | undefined;
}

/**
 * Reads from an answer what it holds (RFC 9110, 15.3.7 and 15.5.17).
 *
 * @param asked where it was to begin.
 * @returns nothing where it is no answer to that.
 */
function whatIsSent({ statusCode, headers }: HubAnswer['response'], asked: number): Sent | undefined {
  const length = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
  const [, start, total] = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
  const whole = total === undefined || total === '*' ? undefined : Number(total);
  if (statusCode === 200) return { what: 'whole', totalBytes: length };
  if (asked === 0) return undefined;
  if (statusCode === 206)
    return { what: Number(start) === asked ? 'rest' : 'else', totalBytes: whole ?? (length === undefined ? undefined : asked + length) };
  if (statusCode === 416) return { what: whole === asked ? 'nothing' : 'else', totalBytes: whole };
  return undefined;
}

/** Whether it is known that these are two files. */
function isOtherFile(before: FileFacts, now: FileFacts): boolean {
  if (before.sha256 !== undefined && now.sha256 !== undefined) return before.sha256 !== now.sha256;
  return before.sha256 === undefined && before.etag !== undefined && now.etag !== undefined && before.etag !== now.etag;
}

/** Whether a file can begin so: a network that wants a login first answers everything with a page of its own. */
function mayBeModel(beginning: Uint8Array): boolean {
  return MAGIC.startsWith(Buffer.from(beginning.subarray(0, MAGIC.length)).toString('latin1'));
}

/** The next that comes in. @throws EndlessError `download-interrupted` when the connection breaks off. */
async function next(chunks: AsyncIterator<Uint8Array>, host: string): Promise<IteratorResult<Uint8Array>> {
  try {
    return await chunks.next();
  } catch (error) {
    const told = connectionError(error, host);
    throw told.code === 'hub-unreachable' ? new EndlessError('download-interrupted', { host }, error) : told;
  }
}

/** What cannot be run by this version may be whole all the same. */
async function isWholeModel(path: string): Promise<boolean> {
  try {
    await inspectModelFile(path);
    return true;
  } catch (error) {
    return error instanceof EndlessError && error.code === 'model-unsupported';
  }
}

/** How long to wait before it is tried again, in seconds; nothing where the user has to know. */
function secondsBefore(failures: number, error: EndlessError): number | undefined {
  if (!isPassing(error) || failures > MOST_FAILURES) return undefined;
  const asked = Number(error.args['seconds'] ?? 0);
  return asked > LONGEST_WAIT ? undefined : Math.max(asked, Math.min(LONGEST_WAIT, 2 ** (failures - 1)));
}
