import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import type { LocalModel, Store } from '../../shared/ranked-models.ts';
import { findGgufFiles } from './gguf-files.ts';
import { findOllamaModels } from './ollama.ts';

/** Where other programs keep models on a machine. */
export interface Places {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Where Ollama keeps models when it runs as a service on Linux. */
const OLLAMA_SERVICE = '/usr/share/ollama/.ollama/models';

/**
 * Finds the model files that other programs have loaded, and those in folders that the user has named. Nothing is written there, and
 * what is not there, or not for this user to read, has none.
 */
export async function findLocalModels(
  folders: readonly string[],
  { home, env }: Places = { home: homedir(), env: process.env },
): Promise<readonly LocalModel[]> {
  const ollama = env['OLLAMA_MODELS'] ? [env['OLLAMA_MODELS']] : [join(home, '.ollama', 'models'), OLLAMA_SERVICE];
  const lmStudio = [join(home, '.lmstudio', 'models'), join(home, '.cache', 'lm-studio', 'models')];
  const huggingFace = env['HF_HUB_CACHE'] ?? join(env['HF_HOME'] ?? join(home, '.cache', 'huggingface'), 'hub');
  const found = await Promise.all([
    ...ollama.map((root) => findOllamaModels(root)),
    ...lmStudio.map((folder) => modelsIn(folder, 'lmStudio')),
    modelsIn(huggingFace, 'huggingFace'),
    ...folders.map((folder) => modelsIn(folder, 'folder')),
  ]);
  return withoutTwins(found.flat());
}

async function modelsIn(folder: string, store: Store): Promise<readonly LocalModel[]> {
  return (await findGgufFiles(folder)).map(({ path, bytes }) => ({ path, name: basename(path, '.gguf'), bytes, store }));
}

/** A folder that the user has named may be another's store. */
function withoutTwins(models: readonly LocalModel[]): readonly LocalModel[] {
  return [...new Map(models.toReversed().map((model) => [model.path, model])).values()].toReversed();
}
