import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { startUpBytes } from '../../scripts/start-up-code.ts';

describe('the package', () => {
  const [folder = ''] = readdirSync(inject('extensions')).filter((name) => name.startsWith('endless-dev.endless'));
  const root = join(inject('extensions'), folder);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const bytes = (path: string): number => statSync(join(root, path)).size;

  it('is small enough to download', () => {
    expect(statSync(inject('vsix')).size).toBeLessThan(60e6);
  });

  it('brings little code into an extension host that does not use it yet', () => {
    expect(startUpBytes(join(root, 'dist/extension.mjs'))).toBeLessThan(300e3);
  });

  it('holds the bundled model and the native libraries of this platform', () => {
    expect(bytes('models/endless-tiny.gguf')).toBeGreaterThan(1e6);
    expect(files.filter((file) => file.endsWith('.node')).length).toBeGreaterThan(0);
  });

  it.each(['-vanilla.gguf', '-cuda', 'gitRelease.bundle', '.map', '.ts', 'node_modules/typescript'])('leaves out %s', (unwanted) => {
    expect(files.filter((file) => file.endsWith(unwanted) || file.includes(`${unwanted}/`))).toEqual([]);
  });
});
