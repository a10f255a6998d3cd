import { EndlessError } from '../../../shared/errors.ts';
import { isReadable } from '../../../shared/server-address.ts';

/** What the user has allowed for a server. */
export interface Access {
  /** Empty for none. */
  readonly key: string;
  /** Whether text may go there although others on the way can read it. */
  readonly allowsReadable: boolean;
}

const NONE: Access = { key: '', allowsReadable: false };

/** Keys and consents by the origins that they are for, as the clients have told them: in memory only. */
export class ServerAccess {
  readonly #byOrigin = new Map<string, Access>();

  set(origin: string, access: Access): void {
    this.#byOrigin.set(origin, access);
  }

  /**
   * The key for a server, if it has one.
   *
   * @throws EndlessError `server-readable` where others could read what is sent, and the user has not said that they may.
   */
  keyFor(origin: string): string | undefined {
    const { key, allowsReadable } = this.#byOrigin.get(origin) ?? NONE;
    if (isReadable(origin) && !allowsReadable) throw new EndlessError('server-readable', { host: new URL(origin).host });
    return key === '' ? undefined : key;
  }
}
