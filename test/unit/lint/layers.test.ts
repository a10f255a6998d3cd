import { describe, expect, it } from 'vitest';
import { brokenRules } from './lint-text.ts';

describe('a forbidden import fails the lint', () => {
  it.each([
    ['src/shared/new.ts', `import '../link/connect.ts';`],
    ['src/shared/new.ts', `import 'node:fs';`],
    ['src/shared/new.ts', `import 'fs/promises';`],
    ['src/shared/new.ts', `import type { Uri } from 'vscode';`],
    ['src/link/new.ts', `import '../engine/main.ts';`],
    ['src/link/new.ts', `import 'vscode';`],
    ['src/link/new.ts', `import 'node-llama-cpp';`],
    ['src/engine/new.ts', `import '../extension/extension.ts';`],
    ['src/engine/cache/new.ts', `import type { Uri } from 'vscode';`],
    ['src/engine/new.ts', `export const uri: import('vscode').Uri | undefined = undefined;`],
    ['src/extension/new.ts', `import '../engine/main.ts';`],
    ['src/extension/new.ts', `import '../webview/main.ts';`],
    ['src/extension/new.ts', `await import('node-llama-cpp');`],
    ['src/extension/new.ts', `export * from '@node-llama-cpp/linux-x64';`],
    ['src/webview/new.ts', `import '../link/connect.ts';`],
    ['src/webview/new.ts', `import 'node:path';`],
    ['src/webview/new.ts', `export { Uri } from 'vscode';`],
    ['src/bench/new.ts', `import '../extension/extension.ts';`],
    ['src/terminal/new.ts', `import '../webview/main.ts';`],
    ['src/terminal/new.ts', `import '../../scripts/browser.ts';`],
    ['src/terminal/new.ts', `import 'vscode';`],
    ['src/engine/new.ts', `import '../../test/scripted-engine/main.ts';`],
    ['src/elsewhere/new.ts', `import '../shared/errors.ts';`],
  ])('%s: %s', async (file, code) => {
    expect(await brokenRules(file, code)).toContain('endless/layers');
  });
});

describe('what a layer may use passes', () => {
  it.each([
    ['src/shared/new.ts', `import './errors.ts';\nimport 'valibot';`],
    ['src/link/new.ts', `import '../shared/errors.ts';\nimport 'node:net';`],
    ['src/engine/cache/new.ts', `import '../../link/connect.ts';\nimport '../../shared/errors.ts';\nimport 'node-llama-cpp';`],
    ['src/extension/chat/new.ts', `import '../extension.ts';\nimport 'vscode';\nimport '../../link/connect.ts';`],
    ['src/webview/new.ts', `import '../shared/errors.ts';\nimport 'lit';`],
    ['src/bench/new.ts', `import '../engine/main.ts';\nimport '../../scripts/browser.ts';\nimport 'node-llama-cpp';`],
    ['src/terminal/new.ts', `import '../engine/main.ts';\nimport 'node:readline';`],
  ])('%s', async (file, code) => {
    expect(await brokenRules(file, code)).toEqual([]);
  });
});

describe('the internals of a library', () => {
  const code = `export const context = (sequence: { _context: object }): object => sequence._context;`;

  it('are for one file only', async () => {
    expect(await brokenRules('src/engine/cache/native.ts', code)).toEqual([]);
    expect(await brokenRules('src/engine/cache/other.ts', code)).toEqual(['no-restricted-syntax']);
  });
});
