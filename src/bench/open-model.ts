import { resolve } from 'node:path';
import { openChat, type LoadedModel } from '../engine/model/loaded-model.ts';
import { loadWeights, type LoadOptions } from '../engine/model/weights.ts';

export interface OpenSettings {
  readonly path: string;
  /** Tokens that the cache of a chat would hold. */
  readonly window: number;
  readonly threads: number;
  readonly gpu: 'auto' | 'off';
  readonly quantizedValues?: boolean;
}

/** For models that were made to go on with a text: what is said to them costs as much as with a template of their own. */
const PLAIN_TEMPLATE = `{% for message in messages %}{{ message['role'] + ': ' + message['content'] + '\\n' }}{% endfor %}`;

/** A model as the engine loads it, also when it has no template for conversations. */
export async function openModel(
  { path, window, threads, gpu, quantizedValues = false }: OpenSettings,
  confirmShift?: LoadOptions['confirmShift'],
): Promise<{ readonly loaded: LoadedModel; readonly layers: number }> {
  const settings = { modelPath: resolve(path), window, threads, gpu, quantizedValues };
  const log: LoadOptions['log'] = (_level, message) => process.stderr.write(message);
  const { weights, opened } = await loadWeights(
    settings,
    { log, onProgress: () => undefined, ...(confirmShift && { confirmShift }) },
    (weights) => openChat(weights, window, weights.file.chatTemplate ?? PLAIN_TEMPLATE),
  );
  return { loaded: opened, layers: Number(weights.file.info.architectureMetadata.block_count) };
}
