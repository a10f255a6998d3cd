import { pathToFileURL } from 'node:url';
import { conversationId } from '../../../src/extension/engine/conversation-id.ts';
import { connectToEngine } from '../../../src/link/connect.ts';
import type { EngineConnection } from '../../../src/link/rpc.ts';
import type { Address } from '../../../src/shared/protocol/address.ts';
import type { ConversationSnapshot } from '../../../src/shared/protocol/conversation.ts';
import type { Status } from '../../../src/shared/protocol/status.ts';
import { DEFAULT_SETTINGS, engineSettings } from '../../../src/shared/settings.ts';
import type { Sandbox } from './sandbox.ts';

/** Attaches to the engine of the sandbox beside the extension, as a second window on the same folder would. */
export class SecondClient {
  readonly connection: EngineConnection;
  readonly #address: Address;
  #status: Status | undefined;
  #heard = Promise.withResolvers<void>();

  private constructor(connection: EngineConnection, address: Address) {
    this.connection = connection;
    this.#address = address;
    connection.onEvent('status', ({ status }) => {
      this.#status = status;
      this.#heard.resolve();
      this.#heard = Promise.withResolvers();
    });
  }

  static async attach(sandbox: Sandbox): Promise<SecondClient> {
    const connection = await connectToEngine({
      directory: sandbox.runDirectory,
      client: 'end-to-end test',
      start: () => {
        throw new Error('No engine is running.');
      },
    });
    const folder = pathToFileURL(sandbox.workspace).toString();
    const client = new SecondClient(connection, { conversationId: conversationId([folder]) });
    await client.snapshot();
    return client;
  }

  /** What the engine itself says of the conversation. */
  async snapshot(): Promise<ConversationSnapshot> {
    return this.connection.request('open', { address: this.#address, turns: 1000 });
  }

  /** Sends messages until there are as many turns, `message 1 of many` and so on, and waits until all are answered. */
  async fill(turns: number): Promise<void> {
    const settings = engineSettings(DEFAULT_SETTINGS);
    for (let at = 1; at <= turns; at++) {
      await this.connection.request('send', { address: this.#address, key: `fill-${at}`, message: `message ${at} of many`, settings });
    }
    while ((await this.snapshotAtRest()).turns.at(-1)?.state !== 'done');
  }

  /** The same when nothing is under way: an answer has ended a little before its end is in the cache. */
  async snapshotAtRest(): Promise<ConversationSnapshot> {
    const snapshot = await this.snapshot();
    if (snapshot.status.activity.kind === 'idle') return snapshot;
    do await this.#heard.promise;
    while (this.#status?.activity.kind !== 'idle');
    return this.snapshot();
  }

  [Symbol.dispose](): void {
    this.connection.close();
  }
}
