import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { diagnosticsText, type DiagnosticsSources, type SettingValue } from '../../../../src/extension/diagnostics/diagnostics-text.ts';
import { harmlessDetail, harmlessValue, type SettingSchema } from '../../../../src/extension/diagnostics/private.ts';
import { RecentFailures } from '../../../../src/extension/diagnostics/recent-failures.ts';
import type { Status } from '../../../../src/shared/protocol/status.ts';
import { DEFAULT_SETTINGS } from '../../../../src/shared/settings.ts';

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly contributes: { readonly configuration: readonly { readonly properties: Readonly<Record<string, SettingSchema>> }[] };
};
const schemas = Object.assign({}, ...manifest.contributes.configuration.map(({ properties }) => properties)) as Record<
  string,
  SettingSchema
>;
const setting = (key: string, value: unknown): SettingValue => ({ key, value, schema: schemas[`endless.${key}`] ?? {} });

const status: Status = {
  activity: { kind: 'idle' },
  evictedUpTo: 3,
  section: 0,
  cache: {
    window: 8192,
    used: 7200,
    segments: [{ id: 1, kind: 'sink', tokens: 20, start: 0, header: 0, message: 0, answerHeader: 0, evicted: 0 }],
    strategy: 'streaming',
  },
  origin: { kind: 'rebuilt', reason: 'other-prompt' },
  stats: {
    tokensToday: 214_380,
    evictedToday: 206_000,
    evictionsToday: 12,
    rebuildsToday: 1,
    tokensPerSecond: 38,
    promptTokensPerSecond: 400,
    firstTokenMs: 300,
    appendedTokens: 5,
    decodedTokens: 5,
  },
  memory: { kvBytes: 470e6, processBytes: 1e9 },
  model: {
    path: '/home/SECRET-user/SECRET-folder/qwen.gguf',
    name: 'Qwen',
    architecture: 'qwen2',
    fileBytes: 4.4e9,
    trainedContext: 32_768,
    window: 8192,
    wishedWindow: 9000,
    backend: 'vulkan',
    backendReason: 'no-cuda',
    devices: [],
    gpuLayers: 0,
    totalLayers: 29,
    threads: 7,
    canShift: false,
    shiftObstacle: 'm-rope',
    yarnLeftOut: false,
  },
};

const sources: DiagnosticsSources = {
  host: {
    extension: '0.1.0',
    vscode: 'Code 1.139.1',
    node: '24.1.0',
    electron: '40.0.0',
    remote: 'ssh-remote',
    language: 'de',
    system: 'linux x64 6.1',
    processor: 'A processor',
    cores: 8,
    memory: 32e9,
    freeMemory: 8e9,
  },
  protocolVersion: 8,
  state: { kind: 'failed', error: { code: 'engine-crashed', args: { path: '/home/SECRET-user/x' }, detail: 'SECRET' } },
  engine: {
    node: '24.2.0',
    library: '3.22.1',
    uptimeSeconds: 90,
    processBytes: 1.2e9,
    clients: 2,
    conversations: 1,
    contexts: ['chat', 'completion'],
    cuda: 'absent',
  },
  status,
  settings: [
    setting('model.path', 'C:\\Users\\SECRET-user\\SECRET-folder\\qwen.gguf'),
    setting('completions.model', '/home/SECRET-user/small.gguf'),
    setting('chat.systemPrompt', 'SECRET: always write in rhymes.'),
    setting('completions.exclude', ['**/SECRET/**']),
    setting('commands.knowConversation', { fix: false, SECRET: true, edit: 'SECRET' }),
    setting('model.gpu', 'SECRET'),
    setting('cache.window', 4096),
    setting('chat.topK', DEFAULT_SETTINGS['chat.topK']),
    setting('a.setting.of.tomorrow', 'https://SECRET.example/?token=SECRET'),
  ],
  failures: [
    {
      at: 0,
      report: {
        code: 'model-damaged',
        args: { path: '/home/SECRET-user/a.gguf', tensor: 'output.weight', bytes: 12 },
        detail: 'Failed at SECRET/a',
      },
    },
    { at: 0, report: { code: 'storage-failed', args: {}, detail: "ENOENT: no such file, open '/home/SECRET-user/the SECRET file.db'" } },
    { at: 0, report: { code: 'export-failed', args: { path: 'SECRET.md' }, detail: 'EACCES C:\\SECRET-user\\my SECRET file' } },
    { at: 0, report: { code: 'internal', args: { message: 'SECRET' }, detail: 'first line\nSECRET second line' } },
    { at: 0, report: { code: 'call-unreadable', args: { tool: 'SECRET' }, detail: 'mail SECRET@SECRET.example' } },
  ],
};

describe('diagnostics', () => {
  const text = diagnosticsText(sources);

  test('give away nothing of the user, wherever it stands', () => {
    expect(text).not.toContain('SECRET');
  });

  test.each([
    '- Endless: 0.1.0',
    '- VS Code: Code 1.139.1 (remote: ssh-remote), language de',
    '- Node.js of the extension host: 24.1.0 (Electron 40.0.0)',
    '- node-llama-cpp: 3.22.1',
    '- CUDA back end: not downloaded',
    '- Protocol: 8',
    '- Processor: A processor, 8 cores',
    '- State: failed: engine-crashed',
    '- Contexts: chat, completion',
    '- File: qwen.gguf, 4.40 GB',
    '- Why on nothing faster: no-cuda',
    '- Layers on the GPU: 0 of 29',
    '- Window: 8192 tokens; asked for 9000, trained for 32768',
    '- Positions can be shifted: no: m-rope',
    '- Keys and values: 470.0 MB',
    '- Process: 1.20 GB',
    '- Came in as: rebuilt: other-prompt',
    '- model.path: qwen.gguf',
    '- completions.model: small.gguf',
    '- chat.systemPrompt: 31 characters',
    '- completions.exclude: 1 entries',
    '- commands.knowConversation: fix: false',
    '- cache.window: 4096',
    '- 1970-01-01T00:00:00.000Z: model-damaged · tensor: output.weight, bytes: 12 · Failed at …',
    '- 1970-01-01T00:00:00.000Z: storage-failed · ENOENT: no such file, open …',
    '- 1970-01-01T00:00:00.000Z: internal · first line',
  ])('say "%s"', (line) => {
    expect(text.split('\n')).toContain(line);
  });

  test('say only what is not the default', () => {
    expect(text).not.toContain('chat.topK');
  });

  test('can be given without an engine, a model or an error', () => {
    const bare = diagnosticsText({ ...sources, state: { kind: 'idle' }, engine: undefined, status: undefined, settings: [], failures: [] });
    expect(bare).toContain('- State: idle\n');
    expect(bare.match(/None\./g)).toHaveLength(4);
    expect(bare).not.toContain('undefined');
  });
});

describe('what is private', () => {
  test.each([
    ['cannot open /home/a/b c.txt', 'cannot open …'],
    ['no "quoted" words', 'no …'],
    ['all of it can be said', 'all of it can be said'],
    ['/home/a', '…'],
    ['', ''],
    ['connect ECONNREFUSED 10.0.0.5:8080', 'connect ECONNREFUSED …'],
    ['getaddrinfo ENOTFOUND gpu.corp.internal', 'getaddrinfo ENOTFOUND …'],
    ['turn 12: server-refuses 400 whatever it says', 'turn 12: server-refuses'],
    ['turn 12: server-unreachable connect ECONNREFUSED 10.0.0.5:8080', 'turn 12: server-unreachable ECONNREFUSED'],
    ['turn 3: hub-unreachable getaddrinfo ENOTFOUND intranet', 'turn 3: hub-unreachable ENOTFOUND'],
  ])('leaves of %j %j', (detail, left) => {
    expect(harmlessDetail('internal', detail)).toBe(left);
  });

  test.each([
    ['server-refuses', '400 whatever it says', ''],
    ['server-unreachable', 'connect ECONNREFUSED intranet:8080', 'ECONNREFUSED'],
    ['proxy-failed', 'getaddrinfo ENOTFOUND intranet', 'ENOTFOUND'],
  ])('leaves of a %s that says %j %j', (code, detail, left) => {
    expect(harmlessDetail(code, detail)).toBe(left);
  });

  test.each(['http://SECRET-host', 'https://SECRET-host:8443/v1#SECRET/model'])('is the server %s', (address) => {
    expect(harmlessValue('model.path', address, {})).toBe('a server');
  });

  test('leaves out every word that a user may have written into a setting', () => {
    const written = 'SECRET/of the user';
    for (const [key, schema] of Object.entries(schemas)) {
      for (const value of [written, [written], { [written]: true }, { fix: written }]) {
        expect(harmlessValue(key, value, schema)).not.toContain('SECRET');
      }
    }
  });
});

describe('recent failures', () => {
  test('come newest first, twenty of them, and once when they are told twice', () => {
    const failures = new RecentFailures();
    for (let time = 1; time <= 25; time++) {
      failures.note({ code: 'internal', args: { time } }, time);
      failures.note({ code: 'internal', args: { time } }, time);
    }
    expect(failures.list.map(({ at }) => at)).toEqual(Array.from({ length: 20 }, (_, index) => 25 - index));
  });
});
