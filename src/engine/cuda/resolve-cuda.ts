import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cudaFolder } from './cuda-folder.ts';
import { cudaRelease } from './cuda-release.ts';

/**
 * Has the packages with CUDA found in the folder that they are downloaded to. The library imports them by their names, from its own
 * place, where no package of Endless has them; what does stand there comes first. The folder need not be there yet.
 */
export function resolveCudaFrom(dataDirectory: string): void {
  const release = cudaRelease();
  if (!release) return;
  const names = new Set(release.packages.map(({ name }) => name));
  // A name is looked for beside the module that asks for it.
  const parentURL = pathToFileURL(join(cudaFolder(dataDirectory, release), 'package.json')).href;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (!names.has(specifier)) return nextResolve(specifier, context);
      try {
        return nextResolve(specifier, context);
      } catch {
        return nextResolve(specifier, { ...context, parentURL });
      }
    },
  });
}

/** The file that importing a package from here would load; `undefined` where there is none, also if there was one before. */
export function resolvedFile(name: string): string | undefined {
  try {
    const file = fileURLToPath(import.meta.resolve(name));
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}
