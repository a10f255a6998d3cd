import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BUNDLED_MODEL, resolveModelPath } from '../../../src/extension/models/bundled-model.ts';

test('"bundled" stands for the file in the extension, whatever its version', () => {
  expect(resolveModelPath(BUNDLED_MODEL, '/ext/endless-1.0.0')).toBe(join('/ext/endless-1.0.0', 'models', 'endless-tiny.gguf'));
});

test.each(['', '/models/a.gguf', '/bundled'])('%j stands for itself', (path) => {
  expect(resolveModelPath(path, '/ext')).toBe(path);
});
