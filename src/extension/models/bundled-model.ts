import { join } from 'node:path';

/**
 * What stands in the setting for the bundled model: its real path holds the version of the extension and is another
 * after every update.
 */
export const BUNDLED_MODEL = 'bundled';

/** Absolute path of the chosen model file; empty when none is chosen. */
export function resolveModelPath(setting: string, extensionPath: string): string {
  return setting === BUNDLED_MODEL ? join(extensionPath, 'models', 'endless-tiny.gguf') : setting;
}
