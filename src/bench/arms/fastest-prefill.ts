import type { Token } from 'node-llama-cpp';
import type { LoadedModel } from '../../engine/model/loaded-model.ts';
import type { ArmContextOptions } from './arm-context.ts';
import { RecomputeDecode } from './recompute-decode.ts';

/** How many tokens at once are decoded. */
export type Prefill = Required<Pick<ArmContextOptions, 'batchSize' | 'flashAttention'>>;

/** A batch that suits processors better than a large one does: attention then leaves out what lies behind it. */
const MODERATE_BATCH = 512;

/**
 * How this machine decodes a whole window fastest: tries batches of moderate size without flash attention, with it
 * unless that is prescribed, and then the window as one batch.
 *
 * @param text at least as many tokens as the window.
 */
export async function fastestPrefill(loaded: LoadedModel, text: readonly Token[], options: ArmContextOptions): Promise<Prefill> {
  let best: Prefill = { batchSize: Math.min(options.window, MODERATE_BATCH), flashAttention: options.flashAttention ?? false };
  let least = Infinity;
  const consider = async (prefill: Prefill): Promise<void> => {
    await using arm = await RecomputeDecode.open(loaded, text, { window: options.window, ...prefill });
    // What runs for the first time is slow; a GPU has other programs for each way.
    if (least === Infinity || loaded.facts.backend !== 'cpu') await arm.step();
    const step = await arm.step();
    // Where the processor does the work, its own time tells more than the clock of a machine that others use, too.
    const cost = loaded.facts.backend === 'cpu' ? step.cpuMs : step.ms;
    if (cost < least) [best, least] = [prefill, cost];
  };
  await consider(best);
  if (options.flashAttention === undefined) await consider({ ...best, flashAttention: true });
  if (options.window > MODERATE_BATCH) await consider({ ...best, batchSize: options.window });
  return best;
}
