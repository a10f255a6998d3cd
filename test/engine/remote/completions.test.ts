import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ServerCompleter } from '../../../src/engine/completion/server-completer.ts';
import { ServerAccess } from '../../../src/engine/model/remote/server-access.ts';
import type { CompletionResult } from '../../../src/shared/protocol/completion.ts';
import { serverAddress } from '../../../src/shared/server-address.ts';
import { RecordingProxy } from '../../fixtures/server/recording-proxy.ts';
import { startModelServer, type RunningServer } from '../../fixtures/server/start.ts';

const BEFORE = 'function add(first, second) {\n  return first + second;\n}\n\nfunction subtract(first, second) {\n';
const WINDOW = {};
const never = new AbortController().signal;

let server: RunningServer;
let proxy: RecordingProxy;
let completer: ServerCompleter;

beforeAll(async () => {
  server = await startModelServer({ window: 512 });
});
afterAll(() => server.close());

beforeEach(async () => {
  proxy = await RecordingProxy.start(server.origin);
  completer = new ServerCompleter(new ServerAccess());
});
afterEach(async () => {
  completer.close();
  await proxy.close();
});

interface Asked {
  readonly after?: string;
  readonly signal?: AbortSignal;
  readonly ahead?: boolean;
  readonly model?: string;
}

function complete(
  before: string,
  { after = '\n}\n', signal = never, ahead = false, model = server.model }: Asked = {},
): Promise<CompletionResult> {
  const settings = {
    modelPath: serverAddress(proxy.base, model),
    gpu: 'off',
    threads: 1,
    quantizedValues: false,
    chatWindow: 0,
    window: 512,
  } as const;
  const place = { repository: 'r', path: 'a.ts', before, after, explicit: false };
  return completer.complete({ place, settings, ahead, owner: WINDOW }, signal);
}

/** What llama.cpp's server says with a model that is not made for it. */
const cannotInfill: RecordingProxy['intercept'] = ({ what }, response) => {
  if (what !== 'POST /infill') return false;
  response.writeHead(501).end(JSON.stringify({ error: { message: 'Infill is not supported by this model', type: 'not_supported_error' } }));
  return true;
};

/** A server of another kind, with a model of that name; `events` are what its completions stream. */
function other(id: string, answer: (body: object) => { readonly status?: number; readonly text: string }): void {
  proxy.intercept = ({ what, body }, response) => {
    if (what === 'GET /v1/models') response.end(JSON.stringify({ data: [{ id, owned_by: 'somebody' }] }));
    else if (what === 'POST /v1/completions') {
      const { status = 200, text } = answer(body as object);
      response.writeHead(status).end(text);
    } else response.writeHead(404).end();
    return true;
  };
}

const completionEvent = (text: string): string => `data: ${JSON.stringify({ choices: [{ text }] })}\n\n`;

describe("completions by llama.cpp's server", () => {
  it('fill the hole at the cursor', async () => {
    completer.show(WINDOW, [{ path: 'b.ts', text: 'const b = 1;' }]);
    const answer = await complete(`${BEFORE}  return `);
    expect(answer.outcome).toBe('suggested');
    expect(answer.text).toMatch(/first|second/);
    expect(answer.stats!.generated).toBeGreaterThan(0);
    expect(proxy.bodies('POST /infill')).toMatchObject([
      {
        input_prefix: `${BEFORE}  return `,
        input_suffix: '\n}\n',
        input_extra: [{ filename: 'b.ts', text: 'const b = 1;' }],
        temperature: 0,
      },
    ]);
  });

  it('are ended by the next key, on the server, too', async () => {
    const gone = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    proxy.intercept = ({ what }, response) => {
      if (what !== 'POST /infill' || proxy.bodies('POST /infill').length > 1) return false;
      response.on('close', () => gone.resolve());
      asked.resolve();
      return true;
    };
    const first = complete(`${BEFORE}  re`);
    await asked.promise;
    const second = complete(`${BEFORE}  ret`);
    expect(await first).toMatchObject({ outcome: 'superseded' });
    await gone.promise;
    expect((await second).outcome).not.toBe('superseded');
  });

  it('do not end what is waited for when they are asked for ahead', async () => {
    const [waited, ahead] = await Promise.all([complete(`${BEFORE}  re`), complete(`${BEFORE}  return first`, { ahead: true })]);
    expect(waited.outcome).not.toBe('superseded');
    expect(ahead.outcome).not.toBe('superseded');
  });

  it('say that the model cannot, and do not ask at every key then', async () => {
    proxy.intercept = cannotInfill;
    expect(await complete(BEFORE)).toMatchObject({ outcome: 'no-infill' });
    const requests = proxy.recorded.length;
    expect(await complete(`${BEFORE}  re`)).toMatchObject({ outcome: 'no-infill' });
    expect(proxy.recorded).toHaveLength(requests);
  });

  it('find out after a while that another model stands there, which can', async () => {
    completer = new ServerCompleter(new ServerAccess(), 0);
    proxy.intercept = cannotInfill;
    expect(await complete(BEFORE)).toMatchObject({ outcome: 'no-infill' });
    proxy.intercept = () => false;
    expect((await complete(`${BEFORE}  return `)).outcome).toBe('suggested');
  });

  it('ask a server that broke off what it is now', async () => {
    completer = new ServerCompleter(new ServerAccess(), 0);
    expect((await complete(`${BEFORE}  return `)).outcome).toBe('suggested');
    proxy.intercept = ({ what }, response) => {
      if (what === 'POST /infill') response.destroy();
      return what === 'POST /infill';
    };
    await expect(complete(`${BEFORE}  re`)).rejects.toMatchObject({ code: 'server-unreachable' });
    other(server.model, () => ({ text: `${completionEvent('first;')}data: [DONE]\n\n` }));
    expect(await complete(`${BEFORE}  return `)).toMatchObject({ outcome: 'suggested', text: 'first;' });
  });

  it('fail with what is wrong, and do not ask at every key then', async () => {
    proxy.intercept = ({ what }, response) => {
      if (what === 'GET /v1/models') response.writeHead(503).end('Loading model');
      return what === 'GET /v1/models';
    };
    await expect(complete(BEFORE)).rejects.toMatchObject({ code: 'server-failed' });
    const requests = proxy.recorded.length;
    await expect(complete(`${BEFORE} `)).rejects.toMatchObject({ code: 'server-failed' });
    expect(proxy.recorded).toHaveLength(requests);
    // Until the user has done something about it.
    proxy.intercept = () => false;
    completer.forget();
    expect((await complete(`${BEFORE}  return `)).outcome).toBe('suggested');
  });
});

describe('completions by another server', () => {
  it("use the marks of the model's family", async () => {
    other('Qwen/Qwen2.5-Coder-7B', () => ({ text: `${completionEvent('first ')}${completionEvent('- second;')}data: [DONE]\n\n` }));
    expect(await complete(`${BEFORE}  return `, { model: 'Qwen/Qwen2.5-Coder-7B' })).toMatchObject({
      outcome: 'suggested',
      text: 'first - second;',
    });
    expect(proxy.bodies('POST /v1/completions')).toMatchObject([
      {
        model: 'Qwen/Qwen2.5-Coder-7B',
        prompt: `<|fim_prefix|>${BEFORE}  return <|fim_suffix|>\n}\n<|fim_middle|>`,
        temperature: 0,
        stream: true,
      },
    ]);
  });

  it('do not send a text in which such a mark stands', async () => {
    other('qwen2.5-coder', () => ({ text: 'data: [DONE]\n\n' }));
    expect(await complete('const mark = "<|fim_middle|>";\n', { model: 'qwen2.5-coder' })).toMatchObject({ outcome: 'silent' });
    expect(proxy.bodies('POST /v1/completions')).toEqual([]);
  });

  it('use the suffix of the protocol for a model that is not known', async () => {
    other('mystery', () => ({ text: `${completionEvent('first;')}data: [DONE]\n\n` }));
    expect(await complete(`${BEFORE}  return `, { model: 'mystery' })).toMatchObject({ text: 'first;' });
    expect(proxy.bodies('POST /v1/completions')).toMatchObject([{ prompt: `${BEFORE}  return `, suffix: '\n}\n' }]);
  });

  it('say so where that is refused', async () => {
    other('mystery', () => ({ status: 400, text: '{"error":{"message":"suffix is not currently supported"}}' }));
    expect(await complete(BEFORE, { model: 'mystery' })).toMatchObject({ outcome: 'no-infill' });
  });
});
