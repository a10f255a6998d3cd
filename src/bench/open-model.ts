import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { loadModelOn, type LoadedModel, type LoadOptions } from '../engine/model/loaded-model.ts';
import { inspectModelFile, type ModelFile } from '../engine/model/model-file.ts';
import { chooseBackend, nativeLibrary } from '../engine/model/native-library.ts';
import { EndlessError } from '../shared/errors.ts';

export interface OpenSettings {
  readonly path: string;
  /** Tokens that the cache of a chat would hold. */
  readonly window: number;
  readonly threads: number;
  readonly gpu: 'auto' | 'off';
}

/** A model as the engine loads it, also when it has no template for conversations. */
export async function openModel(
  { path, window, threads, gpu }: OpenSettings,
  confirmShift?: LoadOptions['confirmShift'],
): Promise<{ readonly loaded: LoadedModel; readonly layers: number }> {
  const file = await inspect(resolve(path));
  const log: LoadOptions['log'] = (_level, message) => process.stderr.write(message);
  const loaded = await loadModelOn(
    await chooseBackend({ gpu, threads }, log),
    file,
    { modelPath: file.path, window, threads, gpu },
    { log, onProgress: () => undefined, ...(confirmShift && { confirmShift }) },
  );
  return { loaded, layers: Number(file.info.architectureMetadata.block_count) };
}

async function inspect(path: string): Promise<ModelFile> {
  try {
    return await inspectModelFile(path);
  } catch (error) {
    if (error instanceof EndlessError && error.code === 'no-chat-template') return withoutTemplate(path);
    throw error;
  }
}

async function withoutTemplate(path: string): Promise<ModelFile> {
  const { readGgufFileInfo, GgufInsights } = await nativeLibrary();
  const info = await readGgufFileInfo(path, { logWarnings: false });
  const insights = await GgufInsights.from(info);
  return {
    path,
    name: info.metadata.general.name ?? basename(path),
    architecture: info.metadata.general.architecture,
    fileBytes: (await stat(path)).size,
    trainedContext: insights.trainContextSize ?? 0,
    chatTemplate: `{% for message in messages %}{{ message['role'] + ': ' + message['content'] + '\\n' }}{% endfor %}`,
    info,
    insights,
  };
}
