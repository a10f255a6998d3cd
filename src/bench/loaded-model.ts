import type { LoadedModel } from '../engine/model/loaded-model.ts';
import type { ModelFacts } from '../shared/protocol/model-facts.ts';
import { isShapeName, SHAPES, shapedModel } from './models/shapes.ts';
import { openModel } from './open-model.ts';
import { UsageError } from './options.ts';
import type { MeasuredModel } from './report.ts';

/** The options of every program that loads a model itself. */
export const MODEL_OPTIONS = {
  model: { default: 'models/endless-tiny.gguf', help: 'GGUF file' },
  shape: { default: '', help: 'random weights in the shape of a real model instead, written when first used: 0.5b, 1b or 7b' },
  window: { default: 512, minimum: 64, help: 'tokens the cache may hold' },
  threads: { default: 1, minimum: 1, help: 'CPU threads' },
  gpu: { default: 'off', help: '"off", or "auto" for the best GPU there is' },
} as const;

export interface ModelParameters {
  readonly model: string;
  readonly shape: string;
  readonly window: number;
  readonly threads: number;
  readonly gpu: string;
}

/**
 * Loads the model for a measurement, also one that has no template for conversations.
 *
 * @throws EndlessError with the code of what is wrong with the file, the memory or the installation.
 */
export async function loadForBench({ model, shape, window, threads, gpu }: ModelParameters): Promise<LoadedModel> {
  if (gpu !== 'auto' && gpu !== 'off') throw new UsageError(`--gpu is "auto" or "off", not "${gpu}".`);
  const { loaded } = await openModel({ path: await modelFile(model, shape), window, threads, gpu });
  return loaded;
}

export async function modelFile(model: string, shape: string): Promise<string> {
  if (!shape) return model;
  if (!isShapeName(shape)) throw new UsageError(`--shape is one of ${Object.keys(SHAPES).join(', ')}, not "${shape}".`);
  return shapedModel(shape);
}

export function describeModel(facts: ModelFacts, fingerprint: string): MeasuredModel {
  const { name, architecture, fileBytes, trainedContext, window, backend, devices, threads, canShift, yarnLeftOut } = facts;
  return { name, architecture, fileBytes, trainedContext, window, backend, devices, threads, canShift, yarnLeftOut, fingerprint };
}
