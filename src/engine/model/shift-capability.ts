import type { GgufFileInfo } from 'node-llama-cpp';
import { valueAt } from './metadata-value.ts';

/** Why the positions of a model's keys cannot be shifted. */
export type ShiftObstacle =
  'm-rope' | 'rope-scaling' | 'unrotated-layers' | 'learned-positions' | 'recurrent' | 'hybrid' | 'mla' | 'sliding-window' | 'failed-trial';

/** Whether the end of what a model has read can be cut off; a recurrent state knows no way back but to read all of it again. */
export function canCutBack(obstacle: ShiftObstacle | undefined): boolean {
  return obstacle !== 'recurrent' && obstacle !== 'hybrid';
}

/** Architectures some layers of which have no positions. No key of the file says so: llama.cpp has it in its code. */
const WITH_UNROTATED_LAYERS: ReadonlySet<string> = new Set(['smollm3', 'llama4', 'smallthinker', 'afmoe', 'cohere2', 'exaone-moe']);

/** The same, but only in files with a sliding window. */
const WITH_UNROTATED_LAYERS_BESIDE_A_WINDOW = 'exaone4';

/** Others build on Qwen under names of their own, and some of them trained with YaRN. */
const QWENS_OWN_NAME = /^Qwen(2|2\.5|3)(?![.\d])/;
const QWEN = 'Qwen';

const TRAINED_WITHOUT_YARN: ReadonlySet<string> = new Set(['qwen2', 'qwen2moe', 'qwen3', 'qwen3moe']);

/** Adds a vector of its position to every token. */
const POSITION_EMBEDDINGS = 'position_embd.weight';

/** The facts that decide, as read from the file. */
export interface ShiftFacts {
  readonly architecture: string;
  /** What the file says the model is a version of. */
  readonly basename?: string | undefined;
  /** Who the file says has made it. */
  readonly organization?: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly hasPositionEmbeddings: boolean;
  readonly isRecurrent: boolean;
  readonly isHybrid: boolean;
  /** Tokens that the layers see which do not see everything (SWA). */
  readonly swaSize?: number | undefined;
}

export function shiftFacts(info: GgufFileInfo, insights: Pick<ShiftFacts, 'isRecurrent' | 'isHybrid' | 'swaSize'>): ShiftFacts {
  const { isRecurrent, isHybrid, swaSize } = insights;
  const organization = valueAt(info.metadata.general, 'organization');
  return {
    architecture: info.metadata.general.architecture,
    basename: info.metadata.general.basename,
    organization: typeof organization === 'string' ? organization : undefined,
    metadata: { ...info.architectureMetadata },
    hasPositionEmbeddings: info.fullTensorInfo?.some(({ name }) => name === POSITION_EMBEDDINGS) ?? false,
    isRecurrent,
    isHybrid,
    swaSize,
  };
}

/**
 * Decides from the metadata whether cached keys may be moved to other positions. llama.cpp checks this nowhere: a
 * shift aborts the process with M-RoPE (several position components per token), multiplies the keys by their
 * magnitude again with YaRN, longrope and an attention factor, rotates what was never rotated in layers that have no
 * positions, and has nothing to act on where the past is a state instead of a list of keys, or a compressed one (MLA), or
 * where positions are learned.
 *
 * Where layers see only a sliding window (SWA), llama.cpp puts new tokens into the cells of those that have left it,
 * also when it keeps a cell for each. What moves back into the window after an eviction is then missing: the library
 * evaluates everything again, or, when it does not notice, the model answers to something else. In a cache no larger
 * than that window nothing ever leaves it.
 *
 * @param window tokens the cache may hold
 * @returns the obstacle, or `undefined` when the cache can roll.
 */
export function shiftObstacle(facts: ShiftFacts, window: number): ShiftObstacle | undefined {
  if (facts.isRecurrent) return 'recurrent';
  if (facts.isHybrid) return 'hybrid';
  if (valueAt(facts.metadata, 'rope', 'dimension_sections') !== undefined) return 'm-rope';
  if (valueAt(facts.metadata, 'attention', 'kv_lora_rank') !== undefined) return 'mla';
  if (facts.hasPositionEmbeddings) return 'learned-positions';
  if (hasUnrotatedLayers(facts)) return 'unrotated-layers';
  if (facts.swaSize !== undefined && facts.swaSize < window) return 'sliding-window';
  return scalesMagnitude(facts.metadata) && !worksWithoutYarn(facts, window) ? 'rope-scaling' : undefined;
}

/**
 * Whether YaRN can be left out when the model is loaded, so that its cache can roll. Qwen was trained without it: its
 * authors have it switched on for texts beyond the original context only, since it costs quality within (model card of
 * Qwen2.5-7B-Instruct, "Processing Long Texts"). Of other families nothing of the kind is known, and a model that was
 * trained with the scaling needs it always.
 *
 * @param window tokens the cache may hold
 */
export function worksWithoutYarn({ architecture, basename = '', organization = QWEN, metadata }: ShiftFacts, window: number): boolean {
  const scaling = (key: string): unknown => valueAt(metadata, 'rope', 'scaling', key);
  const original = scaling('original_context_length');
  return (
    TRAINED_WITHOUT_YARN.has(architecture) &&
    QWENS_OWN_NAME.test(basename) &&
    organization === QWEN &&
    scaling('type') === 'yarn' &&
    scaling('finetuned') !== true &&
    (scaling('attn_factor') ?? 1) === 1 &&
    typeof original === 'number' &&
    window <= original
  );
}

function hasUnrotatedLayers({ architecture, metadata, swaSize }: ShiftFacts): boolean {
  if (WITH_UNROTATED_LAYERS.has(architecture)) return true;
  if (architecture === WITH_UNROTATED_LAYERS_BESIDE_A_WINDOW) return swaSize !== undefined;
  // Granite says with this key that it has no positions at all; its keys would be rotated all the same.
  return architecture.startsWith('granite') && valueAt(metadata, 'rope', 'scaling', 'finetuned') === false;
}

function scalesMagnitude(metadata: Readonly<Record<string, unknown>>): boolean {
  const type = valueAt(metadata, 'rope', 'scaling', 'type');
  const factor = valueAt(metadata, 'rope', 'scaling', 'attn_factor');
  return type === 'yarn' || type === 'longrope' || (factor !== undefined && factor !== 1);
}
