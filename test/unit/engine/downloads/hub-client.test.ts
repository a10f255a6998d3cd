import { describe, expect, it, onTestFinished } from 'vitest';
import { HubClient } from '../../../../src/engine/downloads/hub-client.ts';
import type { Hub } from '../../../../src/shared/downloads.ts';
import { EndlessError } from '../../../../src/shared/errors.ts';
import { file, LocalServer, MODEL_URI } from '../../../engine/downloads/local-hub.ts';

async function server(): Promise<LocalServer> {
  const local = await LocalServer.start(file());
  onTestFinished(() => local.close());
  return local;
}

/** The status of the answer to the question for a model, or why there is none. */
async function ask(hub: Partial<Hub>, env: NodeJS.ProcessEnv = {}): Promise<number | EndlessError | undefined> {
  const client = new HubClient({ endpoint: '', noProxy: [], ...hub }, { env });
  onTestFinished(() => client.close());
  try {
    const { response } = await client.get(MODEL_URI, { from: 0 }, new AbortController().signal);
    response.destroy();
    return response.statusCode;
  } catch (error) {
    return EndlessError.from(error);
  }
}

describe('a proxy that cannot be used', () => {
  const PASSWORD = 'password-of-the-proxy';

  it.each([
    ['of a kind that is not known', `socks5://me:${PASSWORD}@127.0.0.1:1080`],
    ['without a scheme', 'proxy.invalid:8080'],
    ['that is not for the web', `ftp://me:${PASSWORD}@127.0.0.1:21`],
    ['that cannot be read', `http://me:${PASSWORD}@[proxy`],
  ])('%s is told, not bypassed, and its password stands nowhere', async (_what, proxy) => {
    const { address: endpoint, asked } = await server();
    for (const answer of [await ask({ endpoint, proxy }), await ask({ endpoint }, { HTTP_PROXY: proxy })]) {
      if (!(answer instanceof EndlessError)) throw new Error(`answered with ${String(answer)}`);
      expect(answer.toReport()).toEqual({ code: 'proxy-failed', args: { host: new URL(endpoint).host }, detail: undefined });
    }
    expect(asked).toEqual([]);
  });

  it.each(['127.0.0.1', '*', '.0.0.1', '*.0.0.1'])('keeps nobody from a hub that is excepted by %s', async (exception) => {
    const { address: endpoint } = await server();
    const proxy = 'socks5://127.0.0.1:1080';
    await expect(ask({ endpoint, proxy, noProxy: ['other.invalid', exception] })).resolves.toBe(200);
    await expect(ask({ endpoint }, { http_proxy: proxy, no_proxy: `other.invalid, ${exception}` })).resolves.toBe(200);
  });

  it('is told where another hub is excepted', async () => {
    const { address: endpoint } = await server();
    const answer = await ask({ endpoint, proxy: 'socks5://127.0.0.1:1080', noProxy: ['7.0.0.1', '.invalid', ''] });
    expect(answer).toMatchObject({ code: 'proxy-failed' });
  });

  it('keeps nobody from a hub of the other kind', async () => {
    const { address: endpoint } = await server();
    await expect(ask({ endpoint }, { HTTPS_PROXY: 'socks5://127.0.0.1:1080' })).resolves.toBe(200);
  });
});

describe('a token', () => {
  const token = 'token-of-the-user';

  it('goes to a hub on this machine', async () => {
    const { address: endpoint, asked } = await server();
    await ask({ endpoint, token });
    expect(asked.map(({ authorization }) => authorization)).toEqual([`Bearer ${token}`]);
  });

  it('does not travel where others can read it', async () => {
    const { address: proxy, asked } = await server();
    await expect(ask({ endpoint: 'http://hub.invalid', token, proxy })).resolves.toBe(200);
    expect(asked.map(({ authorization }) => authorization)).toEqual([undefined]);
  });
});
