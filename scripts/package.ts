/**
 * `npm run package [-- --target linux-x64 ...]`: builds `dist/endless-TARGET.vsix` for this platform, or for those that are named.
 * Ends with 3 when the registry lacks the native library of one, which then is said, and with 1 when anything else goes wrong.
 */
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isTarget, MissingLibraries, NATIVE_LIBRARIES } from './stage-dependencies.ts';
import { hostTarget, megabytes, packageExtension } from './vsix.ts';

const EXIT_MISSING_LIBRARIES = 3;

const { values } = parseArgs({ options: { target: { type: 'string', multiple: true, default: [hostTarget()] } } });
for (const target of values.target) {
  if (!isTarget(target)) throw new Error(`--target must be one of ${Object.keys(NATIVE_LIBRARIES).join(', ')}.`);
  try {
    const path = await packageExtension(target);
    console.log(`${path} ${megabytes(statSync(path).size)} MB`);
  } catch (error) {
    if (!(error instanceof MissingLibraries)) throw error;
    console.error(error.message);
    process.exitCode = EXIT_MISSING_LIBRARIES;
  }
}
