import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';

/**
 * The rendezvous: a folder that only the user can read, where the running engine says how it can be reached.
 * `ENDLESS_RUN_DIR` overrides it.
 */
export function runDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (env['ENDLESS_RUN_DIR']) return env['ENDLESS_RUN_DIR'];
  if (process.platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'endless');
  if (env['XDG_RUNTIME_DIR']) return join(env['XDG_RUNTIME_DIR'], 'endless');
  return join(homedir(), '.endless', 'run');
}

const EngineRecordSchema = v.object({
  pid: v.number(),
  protocolVersion: v.number(),
  socket: v.string(),
  /** 32 bytes in hex; proved by both sides, never sent. */
  secret: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});
export type EngineRecord = Readonly<v.InferOutput<typeof EngineRecordSchema>>;

/** Longest path a Unix socket can have on macOS, without the closing NUL. */
const MAX_SOCKET_PATH = 103;

const RECORD = 'engine.json';

export async function createRunDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
}

/** A record for a new engine, with a random socket name and secret. */
export function newRecord(directory: string, protocolVersion: number): EngineRecord {
  return { pid: process.pid, protocolVersion, socket: newSocketPath(directory), secret: randomBytes(32).toString('hex') };
}

function newSocketPath(directory: string): string {
  const name = randomBytes(6).toString('hex');
  if (process.platform === 'win32') return `\\\\.\\pipe\\endless-${name}`;
  const beside = join(directory, `${name}.sock`);
  return Buffer.byteLength(beside) <= MAX_SOCKET_PATH ? beside : join(tmpdir(), `endless-${name}.sock`);
}

/** Removes what killed engines have left; only for the one that holds the lock of the folder. */
export async function removeStaleSockets(directory: string): Promise<void> {
  const stale = (await readdir(directory)).filter((name) => name.endsWith('.sock'));
  await Promise.all(stale.map((name) => rm(join(directory, name), { force: true })));
}

/** Makes the record visible in one step, so that a reader never sees half of it. */
export async function publishRecord(directory: string, record: EngineRecord): Promise<void> {
  const temporary = join(directory, `${RECORD}.${record.pid}`);
  await writeFile(temporary, JSON.stringify(record), { mode: 0o600 });
  await rename(temporary, join(directory, RECORD));
}

/** The published record; `undefined` when there is none or it is not one of ours. */
export async function readRecord(directory: string): Promise<EngineRecord | undefined> {
  try {
    const parsed = v.safeParse(EngineRecordSchema, JSON.parse(await readFile(join(directory, RECORD), 'utf8')));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the record back, unless another engine has published its own since. */
export async function withdrawRecord(directory: string, record: EngineRecord): Promise<void> {
  const current = await readRecord(directory);
  if (current?.secret === record.secret) await rm(join(directory, RECORD), { force: true });
}
