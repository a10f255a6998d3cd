import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Token } from 'node-llama-cpp';
import type { Dialogue } from '../../engine/conversation/dialogue.ts';
import { Residency, type Keepsakes } from '../../engine/conversation/residency.ts';
import type { Arrival } from '../../engine/conversation/seat.ts';
import { CheckpointFiles } from '../../engine/memory/checkpoint-files.ts';
import { Transcript } from '../../engine/memory/transcript.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { fillWindow, SYSTEM_PROMPT } from '../lanes/full-dialogue.ts';
import { describeModel, loadForBench, MODEL_OPTIONS } from '../loaded-model.ts';
import { defineBench, type Measurement } from '../program.ts';
import { check } from '../report.ts';
import { median, quantile } from '../statistics.ts';

/** Restoring is to be so many times faster than reading the same window again. */
const LEAST_GAIN = 50;

/** Tokens that stay free, for the one that is said first. */
const FREE = 8;

const CONVERSATION = 'bench';

interface RoundResult {
  readonly round: number;
  /** Milliseconds to the first token: from an empty cache, and from a checkpoint. */
  readonly prefillMs: number;
  readonly restoreMs: number;
}

/** What it takes to come back to a full window: reading it again, beside its checkpoint. */
export const restore = defineBench({
  options: {
    ...MODEL_OPTIONS,
    shape: { ...MODEL_OPTIONS.shape, default: '0.5b' },
    window: { ...MODEL_OPTIONS.window, default: 2048 },
    rounds: { default: 3, minimum: 1, help: 'times that both are measured' },
  },
  async measure(parameters, progress): Promise<Measurement> {
    const loaded = await loadForBench(parameters);
    const directory = mkdtempSync(join(tmpdir(), 'endless-bench-'));
    const transcript = Transcript.open(directory, CONVERSATION);
    try {
      const files = new CheckpointFiles(directory);
      const keepsakes: Keepsakes = { conversationId: CONVERSATION, transcript, journal: transcript.journal, files };
      progress('filling the window');
      const dialogue = await arrive(keepsakes, loaded);
      await fillWindow(dialogue, loaded, FREE);
      const tokens = loaded.sequence.contextTokens;
      const { saveMs, bytes } = await save(keepsakes, dialogue, loaded);
      const results: RoundResult[] = [];
      for (let round = 1; round <= parameters.rounds; round++) {
        const prefillMs = await timed(() => readAgain(loaded, tokens));
        const restoreMs = await timed(async () => firstToken(await arrive(keepsakes, loaded), tokens));
        results.push({ round, prefillMs, restoreMs });
        progress(`round ${round} of ${parameters.rounds}`);
      }
      const gains = results.map(({ prefillMs, restoreMs }) => prefillMs / restoreMs);
      return {
        model: describeModel(loaded.facts, loaded.fingerprint),
        results,
        checks: [check('times faster than reading the window again, median', median(gains), '>=', LEAST_GAIN)],
        tables: [
          {
            title: `To the first token of a window of ${tokens.length} tokens; the checkpoint has ${(bytes / 1e6).toFixed(1)} MB and took ${saveMs.toFixed(0)} ms`,
            columns: ['', 'median ms', 'lower quartile', 'upper quartile'],
            rows: [
              row(
                'read again',
                results.map(({ prefillMs }) => prefillMs),
              ),
              row(
                'restored',
                results.map(({ restoreMs }) => restoreMs),
              ),
              row('times faster', gains),
            ],
          },
        ],
      };
    } finally {
      transcript.close();
      await loaded.dispose();
      rmSync(directory, { recursive: true });
    }
  },
});

/** Brings the conversation into the context, the way the engine does. */
async function arrive(keepsakes: Keepsakes, loaded: LoadedModel): Promise<Dialogue> {
  const ignore = (): void => undefined;
  const onWarning = (problem: string): never => {
    throw new Error(problem);
  };
  const residency = new Residency(keepsakes, { onRestore: ignore, onRebuild: ignore, onWarning });
  const { signal } = new AbortController();
  const arrival: Arrival<LoadedModel> = { loaded, systemPrompt: SYSTEM_PROMPT, before: Number.MAX_SAFE_INTEGER, signal, manners: {} };
  return residency.arrive(arrival);
}

async function save(
  keepsakes: Keepsakes,
  dialogue: Dialogue,
  loaded: LoadedModel,
): Promise<{ readonly saveMs: number; readonly bytes: number }> {
  const ignore = (): void => undefined;
  const residency = new Residency(keepsakes, { onRestore: ignore, onRebuild: ignore, onWarning: ignore });
  const saveMs = await timed(() => residency.save(dialogue, loaded, SYSTEM_PROMPT, Infinity));
  return { saveMs, bytes: keepsakes.journal.read()?.manifest.checkpoint?.file.bytes ?? NaN };
}

/** All tokens at once, in the batches of the library: nothing reads them faster. */
async function readAgain({ sequence }: LoadedModel, tokens: readonly Token[]): Promise<void> {
  await sequence.clearHistory();
  const stream = sequence.evaluate([...tokens, ...tokens.slice(-1)], { temperature: 0 });
  await stream.next();
  await stream.return();
}

async function firstToken({ cache }: Dialogue, tokens: readonly Token[]): Promise<void> {
  const stream = cache.generate(tokens.slice(-1), { temperature: 0 });
  await stream.next();
  await stream.return();
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function row(name: string, values: readonly number[]): readonly (number | string)[] {
  return [name, median(values), quantile(values, 0.25), quantile(values, 0.75)];
}
