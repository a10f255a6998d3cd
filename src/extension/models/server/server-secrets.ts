import * as v from 'valibot';
import type * as vscode from 'vscode';
import type { RequestParams } from '../../../shared/protocol/protocol.ts';

/** What the user has entered and allowed for a server. */
export type ServerPermit = Omit<RequestParams<'allowServer'>, 'origin'>;

const PermitSchema = v.pipe(v.string(), v.parseJson(), v.object({ key: v.string(), allowsReadable: v.boolean() }));

const NOTHING: ServerPermit = { key: '', allowsReadable: false };

/** Keys of servers, each for its origin, in the store of VS Code for secrets: never in the settings, nor in the log. */
export class ServerSecrets {
  readonly #secrets: vscode.SecretStorage;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  get onDidChange(): vscode.Event<unknown> {
    return this.#secrets.onDidChange;
  }

  async get(origin: string): Promise<ServerPermit> {
    const permit = v.safeParse(PermitSchema, await this.#secrets.get(nameOf(origin)));
    return permit.success ? permit.output : NOTHING;
  }

  async change(origin: string, change: Partial<ServerPermit>): Promise<ServerPermit> {
    const permit = { ...(await this.get(origin)), ...change };
    await this.#secrets.store(nameOf(origin), JSON.stringify(permit));
    return permit;
  }
}

function nameOf(origin: string): string {
  return `endless.server:${origin}`;
}
