import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { EndlessError } from '../../../shared/errors.ts';
import { eventData } from './event-stream.ts';
import type { ServerAccess } from './server-access.ts';
import { brokenStream, failureOf, garbled, mayHaveChanged } from './server-errors.ts';

/** Bytes of an answer that is no stream. */
const LONGEST_ANSWER = 16_000_000;

/** Time that a server has to say something of itself, in milliseconds. */
const PATIENCE_MS = 10_000;

/** What is asked of a server. */
interface Question {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

/**
 * Speaks HTTP with one server. What is sent to it has no time-out, since a long prompt takes as long as it takes: whoever does not wait any
 * more aborts. What is only asked of it has one. Redirects are not followed, so that nothing goes to another origin.
 */
export class ServerClient {
  readonly #base: string;
  readonly #origin: string;
  readonly #access: ServerAccess;
  readonly #patienceMs: number;
  #isInDoubt = false;

  /**
   * @param base address of the OpenAI-compatible end points, as `http://127.0.0.1:8080/v1`.
   * @param patienceMs time that the server has to answer what is only asked of it, in milliseconds.
   */
  constructor(base: string, access: ServerAccess, patienceMs = PATIENCE_MS) {
    this.#base = base;
    this.#origin = new URL(base).origin;
    this.#access = access;
    this.#patienceMs = patienceMs;
  }

  /** Whether what is known of the server may not hold any more, since the last stream that was asked of it did not come, or broke off. */
  get isInDoubt(): boolean {
    return this.#isInDoubt;
  }

  get host(): string {
    return new URL(this.#origin).host;
  }

  /** An end point that every such server has, as `/models`. */
  standard(path: string): string {
    return this.#base + path;
  }

  /** An end point of the server itself, beside those, as `/props`. */
  own(path: string): string {
    return this.#base.replace(/\/v\d+$/, '') + path;
  }

  /**
   * Asks for what a server has at hand: a conversation that is about to go there keeps all others waiting.
   *
   * @throws EndlessError with a code that says what is wrong with the server, `server-unreachable` also where it takes too long; or the
   *   signal's reason.
   */
  async get(url: string, signal: AbortSignal): Promise<unknown> {
    const late = AbortSignal.timeout(this.#patienceMs);
    try {
      return await this.#json({ method: 'GET', url, signal: AbortSignal.any([signal, late]) });
    } catch (error) {
      throw error === late.reason && late.aborted ? new EndlessError('server-unreachable', { host: this.host }, error) : error;
    }
  }

  /** @throws as `get`. */
  post(url: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    return this.#json({ method: 'POST', url, body, signal });
  }

  /**
   * The events of an answer that comes piece by piece, as JSON, up to the mark of its end.
   *
   * @throws as `get`; `server-broke-off` when the connection ends before the answer does.
   */
  async *stream(url: string, body: unknown, signal: AbortSignal): AsyncGenerator<unknown, void, undefined> {
    try {
      yield* this.#events({ method: 'POST', url, body, signal });
    } catch (error) {
      this.#isInDoubt ||= mayHaveChanged(error);
      throw error;
    }
  }

  async *#events(question: Question): AsyncGenerator<unknown, void, undefined> {
    const answer = await this.#answer(question);
    this.#isInDoubt = false;
    try {
      for await (const data of eventData(answer as AsyncIterable<Uint8Array>)) {
        if (data === '[DONE]') return;
        yield this.#parsed(data);
      }
    } catch (error) {
      question.signal.throwIfAborted();
      throw error instanceof EndlessError ? error : brokenStream(this.host, error);
    } finally {
      answer.destroy();
    }
  }

  async #json(question: Question): Promise<unknown> {
    return this.#parsed(await this.#text(await this.#answer(question), question.signal));
  }

  /** The answer to a question, whose body has not been read yet. */
  async #answer(question: Question): Promise<IncomingMessage> {
    const answer = await this.#send(question);
    const { statusCode = 0, headers } = answer;
    if (statusCode >= 200 && statusCode < 300) return answer;
    const text = await this.#text(answer, question.signal).catch(() => '');
    question.signal.throwIfAborted();
    throw failureOf({ host: this.host, status: statusCode, retryAfter: headers['retry-after'], text });
  }

  async #send({ method, url, body, signal }: Question): Promise<IncomingMessage> {
    signal.throwIfAborted();
    const key = this.#access.keyFor(this.#origin);
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const options: RequestOptions = {
      method,
      signal,
      headers: {
        accept: 'application/json, text/event-stream',
        ...(payload && { 'content-type': 'application/json', 'content-length': payload.length }),
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
    };
    return new Promise((resolve, reject) => {
      const send = (): void => {
        const sent = (url.startsWith('https:') ? requestHttps : requestHttp)(url, options, (answer) => {
          // Whoever reads it hears of what goes wrong from now on.
          answer.on('error', () => undefined);
          sent.removeAllListeners('error').on('error', () => undefined);
          resolve(answer);
        });
        sent.on('error', (error) => {
          if (signal.aborted) reject(signal.reason as Error);
          // The server has hung up a connection that was kept open, as it may.
          else if (sent.reusedSocket) send();
          else reject(new EndlessError('server-unreachable', { host: this.host }, error));
        });
        sent.end(payload);
      };
      send();
    });
  }

  async #text(answer: IncomingMessage, signal: AbortSignal): Promise<string> {
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        length += chunk.length;
        if (length > LONGEST_ANSWER) throw garbled(this.host, 'an answer without end');
      }
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof EndlessError ? error : brokenStream(this.host, error);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  #parsed(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw garbled(this.host, text);
    }
  }
}
