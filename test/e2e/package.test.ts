import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { LARGEST_PACKAGE } from '../../scripts/vsix.ts';
import { startUpBytes } from '../../scripts/start-up-code.ts';

describe('the package', () => {
  const [folder = ''] = readdirSync(inject('extensions')).filter((name) => name.startsWith('endless-dev.endless'));
  const root = join(inject('extensions'), folder);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const bytes = (path: string): number => statSync(join(root, path)).size;

  it('is small enough to download', () => {
    expect(statSync(inject('vsix')).size).toBeLessThan(LARGEST_PACKAGE);
  });

  it('brings little code into an extension host that does not use it yet', () => {
    expect(startUpBytes(join(root, 'dist/extension.mjs'))).toBeLessThan(300e3);
  });

  it('names those whose work is in it, with their licences', () => {
    const notices = readFileSync(join(root, 'THIRD-PARTY-NOTICES.md'), 'utf8');
    const shipped = globSync('**/node_modules/{*,@*/*}/package.json', { cwd: root }).map(
      (path) => JSON.parse(readFileSync(join(root, path), 'utf8')) as { readonly name: string; readonly version: string },
    );
    expect(shipped.length).toBeGreaterThan(10);
    expect(shipped.filter(({ name, version }) => !notices.includes(`\n## ${name} ${version}\n`))).toEqual([]);
    // Those in the bundles, and those in the native libraries.
    const others = [
      'lit-html',
      'marked',
      'dompurify',
      'valibot',
      'vscode-jsonrpc',
      'highlight.js',
      '@vscode/codicons',
      'llama.cpp',
      'cpp-httplib',
    ];
    expect(others.filter((name) => !notices.includes(`\n## ${name} `))).toEqual([]);
    expect(notices).toMatch(/## highlight\.js [\d.]+\n\nBSD-3-Clause/);
    expect(notices).toMatch(/## @vscode\/codicons [\d.]+\n\nCC-BY-4\.0/);
    expect(notices).toContain('The ggml authors');
  });

  it('holds the pictures of its README', () => {
    const pictures = [...readFileSync(join(root, 'readme.md'), 'utf8').matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, path]) => path);
    expect(pictures).not.toEqual([]);
    expect(pictures.filter((path) => !existsSync(join(root, path ?? '')))).toEqual([]);
  });

  it('holds the bundled model and the native libraries of this platform', () => {
    expect(bytes('models/endless-tiny.gguf')).toBeGreaterThan(1e6);
    expect(files.filter((file) => file.endsWith('.node')).length).toBeGreaterThan(0);
  });

  it.each(['-vanilla.gguf', '-cuda', 'gitRelease.bundle', '.map', '.ts', 'node_modules/typescript'])('leaves out %s', (unwanted) => {
    expect(files.filter((file) => file.endsWith(unwanted) || file.includes(`${unwanted}/`))).toEqual([]);
  });
});
