/** Preloaded into an engine: no binary of the library is there, as on a machine that it has none for. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (!specifier.startsWith('@node-llama-cpp/')) return nextResolve(specifier, context);
    throw Object.assign(new Error(`${specifier} is left out`), { code: 'ERR_MODULE_NOT_FOUND' });
  },
});
