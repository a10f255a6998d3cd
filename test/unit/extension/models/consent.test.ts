import { expect, it } from 'vitest';
import { consent } from '../../../../src/extension/models/server/consent.ts';
import type { ServerPermit } from '../../../../src/extension/models/server/server-secrets.ts';

const SERVER = 'http://big.invalid';

/** What is kept of servers. */
class Secrets {
  permit: ServerPermit = { key: 'key', allowsReadable: false };
  readonly origins: string[] = [];

  get(origin: string): Promise<ServerPermit> {
    this.origins.push(origin);
    return Promise.resolve(this.permit);
  }

  change(origin: string, change: Partial<ServerPermit>): Promise<ServerPermit> {
    this.origins.push(origin);
    return Promise.resolve((this.permit = { ...this.permit, ...change }));
  }
}

it('who has allowed that others read what is sent is asked again, and can take it back', async () => {
  const secrets = new Secrets();
  const told: boolean[] = [];
  const answer = (allows: boolean): Promise<boolean> =>
    consent(SERVER, secrets, (isAllowed) => {
      told.push(isAllowed);
      return Promise.resolve(allows);
    });
  await expect(answer(true)).resolves.toBe(true);
  expect(secrets.permit).toEqual({ key: 'key', allowsReadable: true });
  await expect(answer(false)).resolves.toBe(false);
  expect(secrets.permit).toEqual({ key: 'key', allowsReadable: false });
  expect(told).toEqual([false, true]);
  expect(new Set(secrets.origins)).toEqual(new Set([SERVER]));
});
