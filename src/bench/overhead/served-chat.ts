import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Engine } from '../../engine/engine.ts';
import { connectToEngine } from '../../link/connect.ts';
import type { EngineConnection } from '../../link/rpc.ts';
import { EngineServer } from '../../link/server.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { EngineSettings, Status, Turn } from '../../shared/protocol.ts';
import type { Round } from './decode-round.ts';

const ADDRESS = { conversationId: 'bench', lane: 'chat' } as const;

/** Nobody waits for it: the server is closed when the measurement is over. */
const LINGER_MS = 60_000;

/** An answer as the client has seen it come. */
export interface ServedRound extends Round {
  /** From the request to the event that tells the end of the answer, in milliseconds. */
  readonly ms: number;
}

/**
 * The product as a window has it: an engine with its transcript behind its server, and a client that is connected by
 * the socket and told every event. Both sides run in this process, so the client's work is counted too.
 */
export class ServedChat {
  readonly #directory: string;
  readonly #engine: Engine;
  readonly #server: EngineServer;
  readonly #client: EngineConnection;
  readonly #settings: EngineSettings;
  #ended = Promise.withResolvers<Turn>();
  #rested = Promise.withResolvers<Status>();

  private constructor(directory: string, engine: Engine, server: EngineServer, client: EngineConnection, settings: EngineSettings) {
    this.#directory = directory;
    this.#engine = engine;
    this.#server = server;
    this.#client = client;
    this.#settings = settings;
    client.onEvent('text', () => undefined);
    client.onEvent('turn', ({ turn }) => {
      if (turn.state !== 'queued' && turn.state !== 'running') this.#ended.resolve(turn);
    });
    client.onEvent('status', ({ status }) => {
      if (status.activity.kind === 'idle') this.#rested.resolve(status);
    });
  }

  static async open(settings: EngineSettings): Promise<ServedChat> {
    const directory = await mkdtemp(join(tmpdir(), 'endless-overhead-'));
    const engine = new Engine({ dataDirectory: join(directory, 'data'), entry: resolve('src/engine/main.ts'), leave: () => undefined });
    const server = await EngineServer.start(engine, { directory, lingerMs: LINGER_MS });
    if (!server) throw new EndlessError('internal', { reason: 'the folder of the measurement is in use' });
    const start = (): never => {
      throw new EndlessError('engine-crashed');
    };
    const client = await connectToEngine({ directory, client: 'bench', start });
    const chat = new ServedChat(directory, engine, server, client, settings);
    await client.request('open', { address: ADDRESS, turns: 1 });
    return chat;
  }

  /**
   * Asks and waits for the whole answer.
   *
   * @returns the round, the id of its turn, and the tokens in the cache when its end has been appended.
   * @throws EndlessError when the turn fails.
   */
  async ask(message: string): Promise<ServedRound & { readonly turnId: number; readonly used: number }> {
    this.#ended = Promise.withResolvers<Turn>();
    const began = performance.now();
    await this.#client.request('send', { address: ADDRESS, key: crypto.randomUUID(), message, settings: this.#settings });
    const turn = await this.#ended.promise;
    const ms = performance.now() - began;
    this.#rested = Promise.withResolvers<Status>();
    const { cache } = await this.#rested.promise;
    if (turn.error) throw EndlessError.fromReport(turn.error);
    const { messageTokens = 0, answerTokens = 0 } = turn.stats ?? {};
    return { ms, messageTokens, answerTokens, turnId: turn.id, used: cache?.used ?? 0 };
  }

  /** Takes the last turn back, so that the cache is as full as before. */
  async forget(turnId: number): Promise<void> {
    await this.#client.request('forget', { address: ADDRESS, turnId });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    await this.#server.close();
    await this.#engine.close();
    this.#server.release();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
