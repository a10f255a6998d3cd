import { expect, it } from 'vitest';
import { HubAccess } from '../../../src/extension/models/hub-access.ts';

/** What VS Code keeps as secrets. */
class Secrets {
  readonly #values = new Map<string, string>();

  get(key: string): Promise<string | undefined> {
    return Promise.resolve(this.#values.get(key));
  }

  store(key: string, value: string): Promise<void> {
    this.#values.set(key, value);
    return Promise.resolve();
  }

  delete(key: string): Promise<void> {
    this.#values.delete(key);
    return Promise.resolve();
  }
}

const secrets = new Secrets();
const accessTo = (hubEndpoint: string): HubAccess => new HubAccess({ hubEndpoint, proxy: { noProxy: [] } }, secrets);

it('a token is shown to the origin it was entered for, and to no other', async () => {
  await accessTo('https://hub.invalid/mirror').keepToken('secret');
  await expect(accessTo('https://hub.invalid').hub()).resolves.toMatchObject({ token: 'secret' });
  for (const other of ['http://hub.invalid', 'https://hub.invalid:8443', 'https://other.invalid', 'hub.invalid'])
    await expect(accessTo(other).hub()).resolves.toEqual({ endpoint: other, noProxy: [] });
});

it('a token that others on the way could read is not even told the engine', async () => {
  const [readable, local] = [accessTo('http://mirror.invalid'), accessTo('http://127.0.0.1:8080')];
  for (const access of [readable, local]) await access.keepToken('secret');
  await expect(readable.hub()).resolves.not.toHaveProperty('token');
  await expect(local.hub()).resolves.toMatchObject({ token: 'secret' });
  expect([readable.isReadable, local.isReadable]).toEqual([true, false]);
});
