import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { EndlessError } from '../shared/errors.ts';

/**
 * Both sides prove that they know the secret of the rendezvous file before the first message: each answers the
 * other's nonce with an HMAC-SHA256 over its role and both nonces. The secret itself never crosses the socket, so a
 * process that squats on the socket's name learns nothing, and a client without the file gets nothing.
 *
 *     client                         engine
 *       nonce            ──────▶
 *                        ◀──────   nonce, proof
 *       proof            ──────▶
 *                        ◀──────   "ok"
 */
const TIME_LIMIT_MS = 5_000;
const MAX_LINE_BYTES = 1_024;

type Role = 'client' | 'engine';

export async function proveAsClient(socket: Socket, secret: string): Promise<void> {
  await withinTimeLimit(socket, async () => {
    const own = newNonce();
    socket.write(`${own}\n`);
    const [nonce = '', proof = ''] = (await readLine(socket)).split(' ');
    requireProof(proof, proofOf('engine', secret, own, nonce));
    socket.write(`${proofOf('client', secret, own, nonce)}\n`);
    if ((await readLine(socket)) !== 'ok') throw new EndlessError('engine-rejected');
  });
}

export async function proveAsEngine(socket: Socket, secret: string): Promise<void> {
  await withinTimeLimit(socket, async () => {
    const theirs = await readLine(socket);
    const own = newNonce();
    socket.write(`${own} ${proofOf('engine', secret, theirs, own)}\n`);
    requireProof(await readLine(socket), proofOf('client', secret, theirs, own));
    socket.write('ok\n');
  });
}

function newNonce(): string {
  return randomBytes(16).toString('hex');
}

function proofOf(role: Role, secret: string, clientNonce: string, engineNonce: string): string {
  return createHmac('sha256', Buffer.from(secret, 'hex')).update(`${role} ${clientNonce} ${engineNonce}`).digest('hex');
}

function requireProof(given: string, expected: string): void {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  if (a.length !== b.length || !timingSafeEqual(a, b)) throw new EndlessError('engine-rejected');
}

async function withinTimeLimit(socket: Socket, steps: () => Promise<void>): Promise<void> {
  const timer = setTimeout(() => socket.destroy(new EndlessError('engine-rejected')), TIME_LIMIT_MS);
  try {
    await steps();
  } catch (error) {
    socket.destroy();
    throw EndlessError.from(error, 'engine-rejected');
  } finally {
    clearTimeout(timer);
  }
}

/** Reads up to the next line feed and leaves what follows in the socket. */
function readLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let line = Buffer.alloc(0);
    const finish = (settle: () => void): void => {
      socket.off('readable', onReadable);
      socket.off('error', onEnd);
      socket.off('close', onEnd);
      settle();
    };
    const onEnd = (): void => {
      finish(() => reject(new EndlessError('engine-rejected')));
    };
    const onReadable = (): void => {
      for (let chunk = readChunk(socket); chunk !== null; chunk = readChunk(socket)) {
        const end = chunk.indexOf(0x0a);
        line = Buffer.concat([line, end < 0 ? chunk : chunk.subarray(0, end)]);
        if (line.length > MAX_LINE_BYTES) return onEnd();
        if (end < 0) continue;
        const rest = chunk.subarray(end + 1);
        finish(() => {
          if (rest.length > 0) socket.unshift(rest);
          resolve(line.toString('utf8'));
        });
        return;
      }
    };
    socket.on('readable', onReadable);
    socket.on('error', onEnd);
    socket.on('close', onEnd);
    onReadable();
  });
}

function readChunk(socket: Socket): Buffer | null {
  const chunk: unknown = socket.read();
  return Buffer.isBuffer(chunk) ? chunk : null;
}
