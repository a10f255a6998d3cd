import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readRecord } from '../../../src/link/run-directory.ts';

/** Folders and environment of one VS Code with its engine, apart from everything else on the machine. */
export class Sandbox {
  /** Short: it holds the socket of the engine. */
  readonly root = mkdtempSync(join(tmpdir(), 'endless-'));
  readonly runDirectory = join(this.root, 'run');
  readonly userData = join(this.root, 'user');
  readonly workspace = join(this.root, 'sample');
  readonly env: Readonly<Record<string, string>>;

  /** @param lingerMs how long the engine waits for the next client after the last one has gone. */
  constructor(lingerMs: number) {
    this.env = {
      ENDLESS_RUN_DIR: this.runDirectory,
      ENDLESS_DATA_DIR: join(this.root, 'data'),
      ENDLESS_LINGER_MS: String(lingerMs),
    };
    cpSync('sample', this.workspace, { recursive: true });
  }

  /** Writes a file of the workspace. */
  write(path: string, text: string): void {
    const file = join(this.workspace, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  readFile(path: string): string {
    return readFileSync(join(this.workspace, path), 'utf8');
  }

  has(path: string): boolean {
    return existsSync(join(this.workspace, path));
  }

  /** Runs Git in the workspace, by nothing but its own settings. */
  git(...args: readonly string[]): string {
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    return execFileSync('git', args, { cwd: this.workspace, env, encoding: 'utf8' });
  }

  async hasEngine(): Promise<boolean> {
    return (await readRecord(this.runDirectory)) !== undefined;
  }

  /** Process number of the engine that serves this sandbox. */
  async enginePid(): Promise<number> {
    const record = await readRecord(this.runDirectory);
    if (!record) throw new Error('No engine is running.');
    return record.pid;
  }

  /** Processes that were started with this sandbox in their environment, by number. Linux only. */
  processes(): number[] {
    const mark = `ENDLESS_RUN_DIR=${this.runDirectory}\0`;
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => environmentOf(pid).includes(mark));
  }

  /** Ends what is left and removes the folders. */
  dispose(): void {
    for (const pid of this.processes()) killIfThere(pid);
    rmSync(this.root, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Empty for a process that has gone, or is not ours. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone by itself.
  }
}
