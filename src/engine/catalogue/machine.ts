import { totalmem } from 'node:os';
import type { EngineSettings } from '../../shared/protocol/engine-settings.ts';
import type { Machine } from '../../shared/ranked-models.ts';
import { chooseBackend, type NativeLog } from '../model/native-library.ts';

/**
 * Looks at what models would run on.
 *
 * @throws EndlessError `engine-binary-missing` when no back end for this platform is installed.
 */
export async function lookAtMachine(settings: Pick<EngineSettings, 'gpu' | 'threads'>, log: NativeLog): Promise<Machine> {
  const { llama, name, devices } = await chooseBackend(settings, log);
  try {
    const { total, unifiedSize } = name === 'cpu' ? { total: 0, unifiedSize: 0 } : await llama.getVramState();
    return { backend: name, devices: [...devices], vramBytes: total, ramBytes: totalmem(), isUnified: unifiedSize > 0 };
  } finally {
    await llama.dispose();
  }
}
