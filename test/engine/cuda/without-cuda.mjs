/** Preloaded into an engine: the packages with CUDA are not in the project's own folder, as in the extension's package. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    if (!/^@node-llama-cpp\/[\w-]+-cuda(-ext)?$/.test(specifier) || resolved.url.includes('/cuda/')) return resolved;
    throw Object.assign(new Error(`${specifier} is left out`), { code: 'ERR_MODULE_NOT_FOUND' });
  },
});
