import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { EndlessError } from '../../shared/errors.ts';
import { LARGEST_SHIFT_DIVERGENCE, shiftDivergence, shiftDrift } from '../cache/shift-drift.ts';
import { loadModel, type LoadedModel } from './loaded-model.ts';
import { nativeLibrary, type Backend } from './native-library.ts';
import type { LoadSettings } from './weights.ts';

const TRIAL_TEXT = 'function add(first, second) {\n  return first + second;\n}\n'.repeat(4);
const TRIAL = { distance: 32, rounds: 2 };

/** Raised when the trial itself changes: what an older one found no longer counts. */
const TRIAL_VERSION = 2;

const VerdictsSchema = v.record(v.string(), v.boolean());

/** The first line that a trial prints; the second is what it found. */
const RUNS = 'runs';

/** Exit code of a trial whose model could not be loaded. */
const TRIAL_NOT_HELD = 3;

/** What native code dies of by its own doing; a process that was killed from outside says nothing about the model. */
const CRASH_SIGNALS: ReadonlySet<string> = new Set(['SIGABRT', 'SIGSEGV', 'SIGILL', 'SIGFPE', 'SIGBUS', 'SIGTRAP']);

/** Windows reports an exception as the exit code, with the two highest bits set. */
const FIRST_WINDOWS_EXCEPTION = 0xc0000000;

function hasCrashed(code: number | null, signal: NodeJS.Signals | null): boolean {
  return signal === null ? (code ?? 0) >= FIRST_WINDOWS_EXCEPTION : CRASH_SIGNALS.has(signal);
}

/** A model whose metadata allow shifting, about to be loaded. */
export interface ShiftCandidate {
  readonly settings: LoadSettings;
  readonly fingerprint: string;
  readonly backend: Backend['name'];
}

/**
 * Confirms what the metadata promise by trying it, once for each model, version of the library and back end: shifts
 * one way, and there and back, in a process of its own, because native code that cannot shift may abort. A crash is a
 * 'no'.
 */
export class ShiftTrials {
  readonly #file: string;
  readonly #entry: string;

  /** @param entry program that runs `runShiftTrial` with its second argument when its first is `shift-trial`. */
  constructor(dataDirectory: string, entry: string) {
    this.#file = join(dataDirectory, 'shift-verdicts.json');
    this.#entry = entry;
  }

  /**
   * @returns whether the model's positions can be shifted; `true` without a verdict when the trial could not be held.
   * @throws EndlessError `model-ends-engine` when the process crashed before anything was shifted.
   */
  async confirm(candidate: ShiftCandidate, signal?: AbortSignal): Promise<boolean> {
    const { getModuleVersion } = await nativeLibrary();
    const key = `${candidate.fingerprint} ${await getModuleVersion()} ${candidate.backend} trial ${TRIAL_VERSION}`;
    const known = this.#verdicts()[key];
    if (known !== undefined) return known;
    const verdict = await this.#hold(candidate.settings, signal);
    signal?.throwIfAborted();
    if (verdict === undefined) return true;
    this.#record(key, verdict);
    return verdict;
  }

  /** `undefined` when the model could not even be loaded: the real load will say why. */
  #hold(settings: LoadSettings, signal?: AbortSignal): Promise<boolean | undefined> {
    return new Promise((resolve, reject) => {
      const trial = spawn(process.execPath, [this.#entry, 'shift-trial', JSON.stringify(settings)], {
        stdio: ['ignore', 'pipe', 'inherit'],
        windowsHide: true,
        env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
        ...(signal && { signal }),
      });
      let printed = '';
      trial.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
      trial.once('error', () => resolve(undefined));
      trial.once('close', (code, signal) => {
        const [runs, divergence] = printed.split('\n');
        if (code === 0 && divergence) resolve(Number(divergence) <= LARGEST_SHIFT_DIVERGENCE);
        else if (!hasCrashed(code, signal)) resolve(undefined);
        else if (runs === RUNS) resolve(false);
        else reject(new EndlessError('model-ends-engine', { path: settings.modelPath }));
      });
    });
  }

  #verdicts(): v.InferOutput<typeof VerdictsSchema> {
    try {
      return v.parse(VerdictsSchema, JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch {
      return {};
    }
  }

  #record(key: string, verdict: boolean): void {
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    const temporary = `${this.#file}.${String(process.pid)}`;
    writeFileSync(temporary, JSON.stringify({ ...this.#verdicts(), [key]: verdict }), { mode: 0o600 });
    renameSync(temporary, this.#file);
  }
}

/** The throwaway process: says when the model is loaded and can be run, prints the larger of two divergences and ends. */
export async function runShiftTrial(settings: LoadSettings): Promise<void> {
  const loading = loadModel({ ...settings, window: 256 }, { log: () => undefined, onProgress: () => undefined });
  const loaded = await loading.catch(() => undefined);
  if (!loaded) {
    process.exitCode = TRIAL_NOT_HELD;
    return;
  }
  await loaded.sequence.evaluateWithoutGeneratingNewTokens(loaded.model.tokenize(TRIAL_TEXT).slice(0, 1));
  // At once: nothing that waits to be written outlives a crash.
  writeSync(process.stdout.fd, `${RUNS}\n`);
  // A shift that fails is no shift.
  process.stdout.write(String(await largestDivergence(loaded).catch(() => NaN)));
  await loaded.dispose();
}

async function largestDivergence({ sequence, model }: LoadedModel): Promise<number> {
  const tokens = model.tokenize(TRIAL_TEXT).slice(0, 128);
  const moved = await shiftDivergence(sequence, tokens, TRIAL.distance);
  return Math.max(moved, await shiftDrift(sequence, tokens, TRIAL));
}
