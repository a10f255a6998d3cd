import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { collectNotices, isPermissive, noticesText } from '../../../scripts/third-party-notices.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'endless-notices-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function addPackage(name: string, license: string): void {
  const root = join(folder, 'node_modules', name);
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name, version: '1.0.0', license }));
  writeFileSync(join(root, 'LICENSE'), `The words of ${license}`);
}

describe('a licence', () => {
  test.each([
    'MIT',
    'Apache-2.0',
    '(GPL-3.0 OR MIT)',
    '(BSD-2-Clause OR MIT OR Apache-2.0)',
    'MIT AND ISC',
    '(MPL-2.0 OR Apache-2.0)',
    'CC-BY-4.0',
  ])('%s may be shipped', (expression) => {
    expect(isPermissive(expression)).toBe(true);
  });

  test.each(['GPL-3.0', 'LGPL-2.1 OR MPL-2.0', 'MIT AND GPL-2.0', 'UNLICENSED', 'SEE LICENSE IN file', ''])('%j may not', (expression) => {
    expect(isPermissive(expression)).toBe(false);
  });
});

describe('notices', () => {
  test('cannot be made with a package that must not be shipped, be it staged or bundled', () => {
    addPackage('good', 'MIT');
    addPackage('@some/closed', 'UNLICENSED');
    expect(() => collectNotices(folder, [])).toThrow('Not to be shipped: @some/closed (UNLICENSED).');
    const bundled = join(folder, 'node_modules', '@some', 'closed', 'dist', 'index.js');
    expect(() => collectNotices(join(folder, 'elsewhere'), [bundled, 'src/ours.ts'])).toThrow(
      'Not to be shipped: @some/closed (UNLICENSED).',
    );
  });

  test('cannot be made without the sources of the native libraries', () => {
    addPackage('good', 'MIT');
    expect(() => collectNotices(folder, [])).toThrow('gitRelease.bundle is missing');
  });

  test('hold each licence as it stands', () => {
    const text = 'Copyright (c) Somebody\n```\nAs it is.\n```';
    const notices = [{ name: 'a', version: '1.0.0', licence: 'MIT', home: 'https://example.org/a', text }];
    expect(noticesText(notices)).toContain(`## a 1.0.0\n\nMIT · <https://example.org/a>\n\n\`\`\`\`text\n${text}\n\`\`\`\`\n`);
  });
});
