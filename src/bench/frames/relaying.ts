import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { serveClient, type ClientConnection } from '../../link/rpc.ts';
import { EndlessError } from '../../shared/errors.ts';
import { REQUESTS, type EngineApi } from '../../shared/protocol/protocol.ts';
import { statusOf, tokensOf, turnOf } from './conversation.ts';

const WINDOW = fileURLToPath(new URL('../../../scripts/relaying-window.ts', import.meta.url));
const TURNS = 50;
const STATUS_MS = 100;
/** Code that runs for the first time is slow, and a window has run before. */
const SETTLE_MS = 1_000;

/** What a window needs to relay an answer to its sidebar. */
export interface Relaying {
  /** Processor time of the process. */
  readonly cpuMs: number;
  readonly ms: number;
  readonly messages: number;
  readonly bytes: number;
}

/** Streams an answer into the extension's own code in a process without VS Code, by the product's own link. */
export async function relay(seconds: number, tokensPerSecond: number): Promise<Relaying> {
  const folder = await mkdtemp(join(tmpdir(), 'endless-relaying-'));
  const path = join(folder, 'socket');
  const server = createServer((socket) => void answer(socket, seconds, tokensPerSecond));
  try {
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const window = spawn(process.execPath, [WINDOW, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    return { ...(JSON.parse(await text(window.stdout)) as Omit<Relaying, 'ms'>), ms: seconds * 1000 };
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function answer(socket: Socket, seconds: number, tokensPerSecond: number): Promise<void> {
  const opened = Promise.withResolvers<void>();
  const client = serveClient(socket, apiThatOpens(opened.resolve));
  await opened.promise;
  await delay(SETTLE_MS);
  await stream(client, tokensOf(seconds * tokensPerSecond), tokensPerSecond);
}

async function stream(client: ClientConnection, tokens: readonly string[], tokensPerSecond: number): Promise<void> {
  const address = { conversationId: 'bench' };
  const turnId = TURNS + 1;
  let sent = 0;
  let offset = 0;
  client.notify('turn', { address, turn: turnOf(turnId, { state: 'running', answer: '' }) });
  const status = setInterval(() => client.notify('status', { address, status: statusOf(turnId, sent) }), STATUS_MS);
  const began = performance.now();
  while (sent < tokens.length) {
    await delay(1000 / tokensPerSecond);
    for (const due = ((performance.now() - began) / 1000) * tokensPerSecond; sent < Math.min(due, tokens.length); sent++) {
      const piece = tokens[sent] ?? '';
      client.notify('text', { address, turnId, offset, text: piece });
      offset += piece.length;
    }
  }
  clearInterval(status);
  client.notify('turn', { address, turn: turnOf(turnId, { answer: tokens.join('') }) });
}

/** Knows nothing but how to open the conversation. */
function apiThatOpens(opened: () => void): EngineApi<ClientConnection> {
  const refuse = async (): Promise<never> => {
    throw new EndlessError('unknown-message', { message: 'bench' });
  };
  const refusing = Object.fromEntries(Object.keys(REQUESTS).map((name) => [name, refuse])) as unknown as EngineApi<ClientConnection>;
  return {
    ...refusing,
    async open() {
      opened();
      const turns = Array.from({ length: TURNS }, (_, at) => turnOf(at + 1));
      return { turns, hasEarlier: true, status: statusOf(TURNS, 0) };
    },
  };
}
