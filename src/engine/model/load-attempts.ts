import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EndlessError } from '../../shared/errors.ts';
import type { Backend, NativeLog } from './native-library.ts';

/** So many engines in a row may die of loading a model: the first may have been ended by something else, the power for example. */
const MOST_DEATHS = 2;

/** A model that is about to be loaded. */
export interface Attempt {
  readonly path: string;
  readonly fingerprint: string;
  readonly backend: Backend['name'];
}

/**
 * Remembers across engines which models were being loaded when an engine died. Native code can abort; without this every engine
 * that takes the place of a dead one would load the same model, and die of it.
 */
export class LoadAttempts {
  readonly #folder: string;
  readonly #log: NativeLog;
  /** What an engine would die of now. */
  readonly #running = new Set<string>();

  constructor(dataDirectory: string, log: NativeLog) {
    this.#folder = join(dataDirectory, 'loading');
    this.#log = log;
    // Who leaves while a model is loaded does not die of it; whom native code ends does not come here.
    process.once('exit', () => {
      for (const name of this.#running) this.#forget(name);
    });
  }

  /**
   * Runs `load` as an attempt that an engine may die of; on another back end it is another attempt.
   *
   * @throws EndlessError `model-ends-engine` when too many have died of it already.
   */
  async run<T>({ path, fingerprint, backend }: Attempt, load: () => Promise<T>): Promise<T> {
    const name = `${fingerprint}-${backend}`;
    const deaths = this.#deaths(name);
    if (deaths >= MOST_DEATHS) throw new EndlessError('model-ends-engine', { path });
    this.#note(name, deaths + 1);
    this.#running.add(name);
    try {
      const loaded = await load();
      this.#forget(name);
      return loaded;
    } catch (error) {
      if (isDeadly(error)) this.#note(name, MOST_DEATHS);
      else this.#forget(name);
      throw error;
    } finally {
      this.#running.delete(name);
    }
  }

  /** The model may be loaded again whatever it has done: the user wants it to be. */
  forgive(fingerprint: string): void {
    for (const name of this.#names()) {
      if (name.startsWith(fingerprint)) this.#forget(name);
    }
  }

  #forget(name: string): void {
    rmSync(join(this.#folder, name), { force: true });
  }

  #names(): readonly string[] {
    return existsSync(this.#folder) ? readdirSync(this.#folder) : [];
  }

  #deaths(name: string): number {
    try {
      return Number(readFileSync(join(this.#folder, name), 'utf8')) || 0;
    } catch {
      return 0;
    }
  }

  /** A disk that takes no note keeps nobody from a model. */
  #note(name: string, attempts: number): void {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      writeFileSync(join(this.#folder, name), String(attempts), { mode: 0o600 });
    } catch (error) {
      this.#log('warn', `the attempt to load a model cannot be noted: ${String(error)}`);
    }
  }
}

/** A throwaway process has died of it already, in place of this one. */
function isDeadly(error: unknown): boolean {
  return error instanceof EndlessError && error.code === 'model-ends-engine';
}
