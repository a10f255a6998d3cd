/** `npm run package [-- --target linux-x64]`: builds `dist/endless-TARGET.vsix`. */
import { parseArgs } from 'node:util';
import { isTarget, NATIVE_LIBRARIES } from './stage-dependencies.ts';
import { hostTarget, packageExtension } from './vsix.ts';

const { values } = parseArgs({ options: { target: { type: 'string', default: hostTarget() } } });
if (!isTarget(values.target)) throw new Error(`--target must be one of ${Object.keys(NATIVE_LIBRARIES).join(', ')}.`);
console.log(await packageExtension(values.target));
