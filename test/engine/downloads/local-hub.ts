import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BUNDLED_MODEL } from '../bundled-model.ts';

export const MODEL = readFileSync(BUNDLED_MODEL);
export const MODEL_SHA256 = createHash('sha256').update(MODEL).digest('hex');

/** What the bundled model is called on the hub of the tests. */
export const MODEL_URI = 'hf:maker/tiny-GGUF/tiny.gguf';
export const MODEL_PATH = '/maker/tiny-GGUF/resolve/main/tiny.gguf';

/** What a server was asked. */
export interface Asked {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly authorization: string | undefined;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server on the loopback: it answers from a list, one for each request, and then always as the last one says. */
export class LocalServer {
  readonly asked: Asked[] = [];
  answers: Answer[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const { range, authorization } = request.headers;
      const ifRange = request.headers['if-range'];
      this.asked.push({ path: request.url ?? '', range, ifRange: typeof ifRange === 'string' ? ifRange : undefined, authorization });
      const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
      (answer ?? status(404))(request, response);
    });
  }

  static async start(...answers: Answer[]): Promise<LocalServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const local = new LocalServer(server);
    local.answers = answers;
    return local;
  }

  get address(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** What the hub says of a file of its large storage. */
export const LINKED = { 'x-linked-etag': `"${MODEL_SHA256}"`, 'x-linked-size': String(MODEL.length) };

/** Sends the file, or the part of it that was asked for. */
export function file(content: Buffer = MODEL, headers: Readonly<Record<string, string>> = LINKED): Answer {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from > 0 && from >= content.length)
      response.writeHead(416, { ...headers, 'content-range': `bytes */${String(content.length)}` }).end();
    else if (from > 0) {
      const range = `bytes ${String(from)}-${String(content.length - 1)}/${String(content.length)}`;
      response.writeHead(206, { ...headers, 'content-range': range, 'content-length': content.length - from }).end(content.subarray(from));
    } else response.writeHead(200, { ...headers, 'content-length': content.length }).end(content);
  };
}

/** Sends so many bytes from where it was asked to begin, and breaks off. */
export function brokenOff(bytes: number, headers: Readonly<Record<string, string>> = LINKED): Answer {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const range = `bytes ${String(from)}-${String(MODEL.length - 1)}/${String(MODEL.length)}`;
    response.writeHead(from > 0 ? 206 : 200, {
      ...headers,
      'content-length': MODEL.length - from,
      ...(from > 0 && { 'content-range': range }),
    });
    response.write(MODEL.subarray(from, from + bytes), () => response.socket?.end());
  };
}

export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_request, response) => response.writeHead(code, headers).end('no');
}

export function redirect(to: string, headers: Readonly<Record<string, string>> = LINKED): Answer {
  return (_request, response) => response.writeHead(302, { ...headers, location: to }).end();
}
