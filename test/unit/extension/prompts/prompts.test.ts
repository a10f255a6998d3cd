import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Prompts, type PromptName, type PromptValues } from '../../../../src/extension/prompts/prompts.ts';
import { fenced } from '../../../../src/shared/fence.ts';

/** Everything that a template might take for its own, or escape, or end. */
const NASTY =
  'Write `a && b < "c"`, {{files}}, {{{path}}}, {{#isCut}}, {{=<% %>=}} and {{> partial}}.\r\n```ts\r\nlet a = `$1`;\r\n```\r\n';

const CODE = { passage: `src/sum.ts:3-5\n${fenced('export const sum = (a: number, b: number): number => a + b;\n', 'typescript')}` };
const PROBLEM = { line: 4, message: `Type '{{T}}' is not assignable to "b".`, hasSource: true, source: 'ts' };
const DIFF = fenced('diff --git a/a.ts b/a.ts\n-const a = `1`;\n+const a = ```2```;\n', 'diff');

/** For each template the values of its golden renderings, by name. */
const GOLDEN: { readonly [N in PromptName]: Readonly<Record<string, PromptValues[N]>> } = {
  instructions: {
    one: { files: [{ path: 'AGENTS.md', passage: fenced('Use tabs.\n', 'markdown'), isCut: false }] },
    several: {
      files: [
        { path: 'AGENTS.md', passage: fenced(NASTY, 'markdown'), isCut: false },
        { path: '.github/copilot-instructions.md', passage: fenced('Use spaces.', 'markdown'), isCut: true },
      ],
    },
  },
  explain: { code: CODE },
  'explain-problem': {
    known: { ...CODE, ...PROBLEM, path: 'src/sum.ts' },
    unnamed: { ...CODE, ...PROBLEM, hasSource: false, source: '', path: 'src/sum.ts' },
  },
  'explain-terminal': { output: { output: fenced('npm error code ELIFECYCLE\n{{nasty}}', '') } },
  'review-code': { code: CODE },
  'review-changes': { staged: { diff: DIFF, isStaged: true }, all: { diff: DIFF, isStaged: false } },
  edit: {
    whole: { ...CODE, instruction: 'Handle the {{empty}} list.', hasSurroundings: false, surroundings: '', isLong: false },
    part: {
      ...CODE,
      instruction: 'Sum up three.',
      hasSurroundings: true,
      surroundings: fenced('import a\n…\nexport b', 'typescript'),
      isLong: false,
    },
    long: { ...CODE, instruction: 'Sum up three.', hasSurroundings: false, surroundings: '', isLong: true },
  },
  fix: { two: { problems: [PROBLEM, { ...PROBLEM, line: 5, hasSource: false, source: '' }] } },
  document: { always: {} },
  tests: {
    known: { ...CODE, testPath: 'src/sum.test.ts', hasFramework: true, framework: 'vitest' },
    unknown: { ...CODE, testPath: 'test_sum.py', hasFramework: false, framework: '' },
  },
  'commit-message': {
    first: { diff: DIFF, hasRecent: false, recent: '' },
    later: { diff: DIFF, hasRecent: true, recent: fenced('Add a parser\n\nMend the tokenizer', '') },
  },
  rename: { code: { ...CODE, name: 'sum' } },
};

const names = Object.keys(GOLDEN) as PromptName[];

interface Variant {
  readonly name: PromptName;
  readonly variant: string;
  readonly values: PromptValues[PromptName];
}

function variantsOf(name: PromptName): readonly Variant[] {
  return Object.entries<PromptValues[PromptName]>(GOLDEN[name]).map(([variant, values]) => ({ name, variant, values }));
}

/** Prompts from a folder with one template in it. */
function promptsWith(template: string): Prompts {
  const folder = mkdtempSync(join(tmpdir(), 'endless-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  writeFileSync(join(folder, 'instructions.md'), template);
  return new Prompts(folder);
}

const VALUES = GOLDEN.instructions['one']!;

describe('the templates of prompts', () => {
  test('are those that the table has values for', () => {
    expect(readdirSync('prompts').sort()).toEqual(names.map((name) => `${name}.md`).sort());
  });

  test.each(names.flatMap(variantsOf))('$name, $variant, says what it always said', async ({ name, variant, values }) => {
    await expect(new Prompts('prompts').render(name, values)).toMatchFileSnapshot(`golden/${name}-${variant}.md`);
  });

  test('are filled with values as they are', () => {
    const passage = fenced(NASTY, 'markdown');
    const rendered = new Prompts('prompts').render('instructions', { files: [{ path: 'AGENTS.md', passage, isCut: false }] });
    expect(rendered.endsWith(`AGENTS.md:\n\n${passage}`)).toBe(true);
  });

  test('must not ask for a value that is not there', () => {
    const missing = promptsWith('{{#files}}{{path}}{{pth}}{{/files}}');
    expect(() => missing.render('instructions', VALUES)).toThrow(
      expect.objectContaining({ code: 'internal', args: { template: 'instructions', value: 'pth' } }),
    );
  });

  test('must not ask for a section that is not there', () => {
    expect(() => promptsWith('{{#file}}a{{/file}}').render('instructions', VALUES)).toThrow(expect.objectContaining({ code: 'internal' }));
    expect(() => promptsWith('{{^file}}a{{/file}}').render('instructions', VALUES)).toThrow(expect.objectContaining({ code: 'internal' }));
  });

  test('must be there', () => {
    expect(() => new Prompts('no such folder').render('instructions', VALUES)).toThrow(expect.objectContaining({ code: 'internal' }));
  });

  test('are the same on a system that ends lines otherwise', () => {
    expect(promptsWith('{{#files}}\r\n{{path}}\r\n{{/files}}\r\n').render('instructions', VALUES)).toBe('AGENTS.md');
  });

  test('leave out what is not the case', () => {
    expect(promptsWith('a{{#files}}{{#isCut}}b{{/isCut}}{{/files}}c').render('instructions', VALUES)).toBe('ac');
  });
});
