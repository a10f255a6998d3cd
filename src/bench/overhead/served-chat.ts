import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Engine } from '../../engine/engine.ts';
import { connectToEngine } from '../../link/connect.ts';
import type { EngineConnection } from '../../link/rpc.ts';
import { EngineServer } from '../../link/server.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import type { Status } from '../../shared/protocol/status.ts';
import type { Turn } from '../../shared/protocol/turn.ts';
import type { Round } from './round-arm.ts';

const ADDRESS = { conversationId: 'bench' } as const;

/** Longer than it takes the client to come. */
const LINGER_MS = 60_000;

/** An answer as the client has seen it come. */
export interface ServedRound extends Round {
  /** From the request to the event that tells the end of the answer, in milliseconds. */
  readonly ms: number;
  readonly turnId: number;
  /** Tokens in the cache when the turn's end is there, too. */
  readonly used: number;
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
    const engine = new Engine({
      dataDirectory: join(directory, 'data'),
      entry: resolve('src/engine/main.ts'),
      leave: () => undefined,
      crash: () => process.exit(1),
    });
    const server = await EngineServer.start(engine, { directory, lingerMs: () => LINGER_MS });
    if (!server) throw new Error('the folder of the measurement is in use');
    const start = (): never => {
      throw new Error('the engine of the measurement does not answer');
    };
    const client = await connectToEngine({ directory, client: 'bench', start });
    const chat = new ServedChat(directory, engine, server, client, settings);
    await client.request('open', { address: ADDRESS, turns: 1 });
    return chat;
  }

  /**
   * Asks and waits for the whole answer, and then for its end in the cache, which nobody waits for as a rule.
   *
   * @param changes to the settings, for this answer.
   * @throws EndlessError when the turn fails.
   */
  async ask(message: string, changes: Partial<EngineSettings> = {}): Promise<ServedRound> {
    this.#ended = Promise.withResolvers<Turn>();
    const settings = { ...this.#settings, ...changes };
    const began = performance.now();
    await this.#client.request('send', { address: ADDRESS, key: crypto.randomUUID(), message, settings });
    const turn = await this.#ended.promise;
    const ms = performance.now() - began;
    this.#rested = Promise.withResolvers<Status>();
    const { cache } = await this.#rested.promise;
    if (turn.error) throw EndlessError.fromReport(turn.error);
    if (!turn.stats || !cache) throw new Error('the turn has ended without figures');
    const { messageTokens, answerTokens } = turn.stats;
    const drawnTokens = answerTokens + (turn.finish === 'end' || turn.finish === 'control-token' ? 1 : 0);
    return { ms, messageTokens, drawnTokens, turnId: turn.id, used: cache.used };
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
