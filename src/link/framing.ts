import type { Socket } from 'node:net';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  Disposable,
  type DataCallback,
  type Message,
  type MessageReader,
  type MessageWriter,
} from 'vscode-jsonrpc/node';

/** Bytes of the longest message that an engine takes: many times what any window holds. */
export const LONGEST_REQUEST = 16 * 1024 * 1024;

/** Bytes of the longest message that a client takes: a page of a transcript may hold many long ones. */
export const LONGEST_ANSWER = 512 * 1024 * 1024;

/** Bytes that may wait for somebody who does not read; whoever lets more come together is let go. */
const LARGEST_BACKLOG = 16 * 1024 * 1024;

const LONGEST_HEADER = 1024;
const END_OF_HEADER = '\r\n\r\n';

/**
 * Reads messages as JSON-RPC frames them (`Content-Length: N`, an empty line, N bytes of JSON). Never holds more than one
 * message of the greatest length, whatever comes; what is no message is an error.
 */
export class BoundedReader extends AbstractMessageReader implements MessageReader {
  readonly #socket: Socket;
  readonly #longest: number;
  #header = '';
  /** What is there of the message whose header has been read, and the bytes that are missing. */
  #body: Buffer[] = [];
  #missing: number | undefined;

  constructor(socket: Socket, longest: number) {
    super();
    this.#socket = socket;
    this.#longest = longest;
  }

  listen(callback: DataCallback): Disposable {
    const onData = (chunk: Buffer): void => {
      try {
        this.#read(chunk, callback);
      } catch (error) {
        this.#socket.off('data', onData);
        this.fireError(error);
      }
    };
    this.#socket.on('data', onData);
    this.#socket.on('error', (error) => this.fireError(error));
    this.#socket.on('close', () => this.fireClose());
    return Disposable.create(() => this.#socket.off('data', onData));
  }

  #read(chunk: Buffer, callback: DataCallback): void {
    for (let rest = chunk; rest.length > 0;) {
      if (this.#missing === undefined) {
        rest = this.#readHeader(rest);
      } else {
        const part = rest.subarray(0, this.#missing);
        this.#body.push(part);
        this.#missing -= part.length;
        rest = rest.subarray(part.length);
      }
      if (this.#missing === 0) callback(this.#takeMessage());
    }
  }

  /** @returns what follows the header, or nothing while it is not complete. */
  #readHeader(chunk: Buffer): Buffer {
    const before = this.#header.length;
    this.#header += chunk.toString('latin1', 0, LONGEST_HEADER);
    const end = this.#header.indexOf(END_OF_HEADER);
    if (end < 0 && this.#header.length >= LONGEST_HEADER) throw new Error('a message without a header');
    if (end < 0) return chunk.subarray(chunk.length);
    const length = Number(/^Content-Length: (\d+)\r$/im.exec(this.#header)?.[1]);
    if (!(length <= this.#longest)) throw new Error(`a message of ${length} bytes`);
    this.#header = '';
    this.#missing = length;
    return chunk.subarray(end + END_OF_HEADER.length - before);
  }

  #takeMessage(): Message {
    const text = Buffer.concat(this.#body).toString('utf8');
    this.#body = [];
    this.#missing = undefined;
    return JSON.parse(text) as Message;
  }
}

/** Writes messages as `BoundedReader` reads them. Lets somebody go who does not read: what waits for them is kept in memory. */
export class BoundedWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
  }

  /** Settles when the operating system has the message; rejects when the connection has ended. */
  write(message: Message): Promise<void> {
    if (this.#socket.writableLength > LARGEST_BACKLOG) this.#socket.destroy();
    const body = JSON.stringify(message);
    return new Promise((resolve, reject) => {
      this.#socket.write(`Content-Length: ${Buffer.byteLength(body)}${END_OF_HEADER}${body}`, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  end(): void {
    this.#socket.end();
  }
}
