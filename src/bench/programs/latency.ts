import type { Token } from 'node-llama-cpp';
import { CHUNK } from '../../engine/conversation/open-dialogue.ts';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import { fastestPrefill } from '../arms/fastest-prefill.ts';
import { RecomputeDecode } from '../arms/recompute-decode.ts';
import { RollingDecode, type RollingStep } from '../arms/rolling-decode.ts';
import type { Step } from '../arms/decode-arm.ts';
import { describeModel, loadForBench, MODEL_OPTIONS } from '../loaded-model.ts';
import { proseTokens } from '../messages.ts';
import { numbersIn, UsageError } from '../options.ts';
import { defineBench, type Measurement, type Progress } from '../program.ts';
import { obstacleTo } from '../scoring/arm-cache.ts';
import type { Table } from '../table.ts';
import { chartsOf, checksOf, resultOf, tablesOf, type Round, type WindowResult } from './latency-results.ts';

const SMALLEST_WINDOW = 32;
const FEWEST_ROUNDS = 3;

const MINUTE_MS = 60_000;

/** A round has at least this many steps of streaming, and whole cycles of eviction. */
const FEWEST_STEPS = 16;

const { model, shape, threads, gpu } = MODEL_OPTIONS;

/** Time per decoded token with a full window: the rolling cache beside re-computation of the window. */
export const latency = defineBench({
  options: {
    model,
    shape,
    threads,
    gpu,
    windows: { default: '256,512,1024,2048,4096', help: 'tokens of the windows to measure' },
    sinks: { default: 4, minimum: 1, help: 'first tokens that stay' },
    chunk: { default: 0, help: 'tokens evicted at once; 0 is an eighth of the window' },
    seconds: {
      default: 60,
      fraction: true,
      help: `time for each window, filling it not counted; there are ${FEWEST_ROUNDS} rounds in any case`,
    },
    minutes: { default: 45, fraction: true, help: 'after this time no larger window is begun' },
    flash: { default: 'product', help: 'flash attention: "on", "off", or as the "product" sets it and re-computation is fastest' },
  },
  async measure(parameters, progress): Promise<Measurement> {
    const windows = numbersIn('windows', parameters.windows, SMALLEST_WINDOW).toSorted((a, b) => a - b);
    const largest = windows.at(-1) ?? NaN;
    if (parameters.sinks > (windows[0] ?? NaN) / 2) throw new UsageError('--sinks must be at most half of the smallest window.');
    const flashAttention = flashOption(parameters.flash);
    const loaded = await loadForBench({ ...parameters, window: largest });
    try {
      const model = describeModel(loaded.facts, loaded.fingerprint);
      const reason = obstacleTo(loaded, 'streaming');
      if (reason !== undefined) return { model, results: [{ supported: false, reason }], checks: [], tables: [refusal(reason)] };
      // Every window gets contexts of its own size: a shift of the keys goes over all cells, filled or not.
      await loaded.context.dispose();
      const text = proseTokens(loaded.model, largest);
      const results: WindowResult[] = [];
      const until = performance.now() + parameters.minutes * MINUTE_MS;
      for (const window of windows) {
        if (results.length > 0 && performance.now() > until) {
          progress(`no time is left for windows from ${window} on`);
          break;
        }
        const chunk = Math.min(parameters.chunk || Math.ceil(window * CHUNK), window - parameters.sinks);
        const plan = { window, chunk, sinks: parameters.sinks, seconds: parameters.seconds, ...flashAttention };
        results.push(await measureWindow(loaded, text, plan, progress));
      }
      return {
        model: { ...model, window: results.at(-1)?.window ?? largest },
        results: results.map((result) => ({ ...result, supported: true, reason: null })),
        checks: checksOf(results),
        tables: tablesOf(results),
        charts: chartsOf(results),
      };
    } finally {
      await loaded.dispose();
    }
  },
});

function refusal(reason: string): Table {
  return { title: 'Not measured: the cache of this model cannot roll', columns: ['system', 'reason'], rows: [['streaming', reason]] };
}

function flashOption(flash: string): { readonly flashAttention?: boolean } {
  if (flash !== 'on' && flash !== 'off' && flash !== 'product')
    throw new UsageError(`--flash is "on", "off" or "product", not "${flash}".`);
  return flash === 'product' ? {} : { flashAttention: flash === 'on' };
}

interface WindowPlan {
  readonly window: number;
  readonly chunk: number;
  readonly sinks: number;
  readonly seconds: number;
  readonly flashAttention?: boolean;
}

async function measureWindow(loaded: LoadedModel, text: readonly Token[], plan: WindowPlan, progress: Progress): Promise<WindowResult> {
  const { window, chunk, seconds } = plan;
  progress(`window ${window}: filling it, and trying how the re-computation is fastest`);
  await using streaming = await RollingDecode.open(loaded, text, plan);
  const prefill = await fastestPrefill(loaded, text, plan);
  await using recompute = await RecomputeDecode.open(loaded, text, { window, ...prefill });
  const rounds: Round[] = [];
  // The first token that was said enters a full cache: from here on whole cycles of eviction follow each other.
  await streaming.step();
  await streaming.step();
  const until = performance.now() + seconds * 1000;
  while (rounds.length < FEWEST_ROUNDS || performance.now() < until) {
    rounds.push(await interleaved(streaming, recompute, chunk * Math.ceil(FEWEST_STEPS / chunk), rounds.length % 2 === 0));
  }
  progress(`window ${window}: ${rounds.length} rounds`);
  return resultOf(rounds, { window, chunk, recomputeBatch: prefill.batchSize, recomputeFlash: prefill.flashAttention });
}

/** One round; who goes first alternates. */
async function interleaved(streaming: RollingDecode, recompute: RecomputeDecode, steps: number, oursFirst: boolean): Promise<Round> {
  const before: readonly Step[] = oursFirst ? [] : [await recompute.step()];
  const ours: RollingStep[] = [];
  for (let step = 0; step < steps; step++) ours.push(await streaming.step());
  return { streaming: ours, recompute: oursFirst ? [await recompute.step()] : before };
}
