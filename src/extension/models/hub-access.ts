import type * as vscode from 'vscode';
import type { Hub } from '../../shared/downloads.ts';
import { isReadable } from '../../shared/server-address.ts';
import type { Configuration } from '../configuration.ts';

const DEFAULT_ENDPOINT = 'https://huggingface.co';

/**
 * How the model hub is reached: by the settings, and with the token of that hub, if there is one. Tokens are kept by origin (scheme, name
 * and port): no other hub is ever shown one, nor is the same hub without encryption.
 */
export class HubAccess {
  readonly #configuration: Pick<Configuration, 'hubEndpoint' | 'proxy'>;
  readonly #secrets: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>;

  constructor(configuration: Pick<Configuration, 'hubEndpoint' | 'proxy'>, secrets: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>) {
    this.#configuration = configuration;
    this.#secrets = secrets;
  }

  /** Who has to be trusted with the token. */
  get host(): string {
    return URL.parse(this.#endpoint)?.host ?? this.#endpoint;
  }

  /** Whether others on the way could read a token: none is sent then. */
  get isReadable(): boolean {
    return URL.canParse(this.#endpoint) && isReadable(this.#endpoint);
  }

  readonly hub = async (): Promise<Hub> => {
    const token = this.isReadable ? undefined : await this.token();
    return { endpoint: this.#endpoint, ...this.#configuration.proxy, ...(token !== undefined && { token }) };
  };

  /** The one that was entered for this hub. */
  async token(): Promise<string | undefined> {
    return this.#secrets.get(this.#key);
  }

  /** It is in VS Code's secret storage from now on. */
  async keepToken(token: string): Promise<void> {
    await this.#secrets.store(this.#key, token);
  }

  async forgetToken(): Promise<void> {
    await this.#secrets.delete(this.#key);
  }

  /** Never empty: the environment of the engine may be another than this one, and the token is for one hub. */
  get #endpoint(): string {
    return this.#configuration.hubEndpoint || process.env['HF_ENDPOINT'] || DEFAULT_ENDPOINT;
  }

  get #key(): string {
    return `endless.hubToken:${URL.parse(this.#endpoint)?.origin ?? this.#endpoint}`;
  }
}
