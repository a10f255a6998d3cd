import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findLocalModels } from '../../../src/engine/stores/local-models.ts';

const MODEL = 'GGUF and so on';
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'endless-stores-'));
});
afterEach(() => rmSync(home, { recursive: true }));

/** Writes a file and the folders that it stands in. */
function write(content: string, ...path: readonly string[]): string {
  const file = join(home, ...path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const find = (folders: readonly string[] = [], env: NodeJS.ProcessEnv = {}): ReturnType<typeof findLocalModels> =>
  findLocalModels(folders, { home, env });

const digest = 'a'.repeat(64);
const manifest = (mediaType = 'application/vnd.ollama.image.model', hash = digest): string =>
  JSON.stringify({
    schemaVersion: 2,
    layers: [
      { mediaType: 'application/vnd.ollama.image.license', digest: `sha256:${'b'.repeat(64)}` },
      { mediaType, digest: `sha256:${hash}`, size: 14 },
    ],
  });

describe('in the store of Ollama', () => {
  const official = ['manifests', 'registry.ollama.ai', 'library', 'qwen2.5-coder', '7b'];

  it('a model has the name that Ollama calls it by, and the file that its manifest names', async () => {
    write(manifest(), '.ollama', 'models', ...official);
    const other = 'd'.repeat(64);
    write(manifest(undefined, other), '.ollama', 'models', 'manifests', 'hf.co', 'somebody', 'tuned', 'latest');
    const [path, tuned] = [digest, other].map((hash) => write(MODEL, '.ollama', 'models', 'blobs', `sha256-${hash}`));
    await expect(find()).resolves.toEqual([
      { path: tuned, name: 'somebody/tuned:latest', bytes: MODEL.length, store: 'ollama' },
      { path, name: 'qwen2.5-coder:7b', bytes: MODEL.length, store: 'ollama' },
    ]);
  });

  it('is looked for where OLLAMA_MODELS says', async () => {
    write(manifest(), 'elsewhere', ...official);
    const path = write(MODEL, 'elsewhere', 'blobs', `sha256-${digest}`);
    await expect(find([], { OLLAMA_MODELS: join(home, 'elsewhere') })).resolves.toEqual([
      { path, name: 'qwen2.5-coder:7b', bytes: MODEL.length, store: 'ollama' },
    ]);
  });

  it.each([
    ['is no JSON', 'not a manifest'],
    ['has no model', manifest('application/vnd.ollama.image.adapter')],
    ['names a file that is not there', manifest(undefined, 'c'.repeat(64))],
    ['wants a file from elsewhere', manifest(undefined, '../../../etc/passwd')],
  ])('a manifest that %s gives none', async (_what, text) => {
    write(text, '.ollama', 'models', ...official);
    write(MODEL, '.ollama', 'models', 'blobs', `sha256-${digest}`);
    await expect(find()).resolves.toEqual([]);
  });
});

describe('elsewhere', () => {
  it.each([
    ['LM Studio', ['.lmstudio', 'models', 'maker', 'tiny-GGUF', 'tiny.gguf'], 'lmStudio'],
    ['LM Studio of former days', ['.cache', 'lm-studio', 'models', 'maker', 'tiny-GGUF', 'tiny.gguf'], 'lmStudio'],
  ] as const)('models of %s are found', async (_what, place, store) => {
    const path = write(MODEL, ...place);
    await expect(find()).resolves.toEqual([{ path, name: 'tiny', bytes: MODEL.length, store }]);
  });

  it('models in the cache of Hugging Face are found through their links', async () => {
    const blob = write(MODEL, '.cache', 'huggingface', 'hub', 'models--maker--tiny', 'blobs', digest);
    const path = join(home, '.cache', 'huggingface', 'hub', 'models--maker--tiny', 'snapshots', 'main', 'tiny.gguf');
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(blob, path);
    await expect(find()).resolves.toEqual([{ path, name: 'tiny', bytes: MODEL.length, store: 'huggingFace' }]);
  });

  it('that cache is where HF_HOME says', async () => {
    const path = write(MODEL, 'hf', 'hub', 'models--maker--tiny', 'snapshots', 'main', 'tiny.gguf');
    await expect(find([], { HF_HOME: join(home, 'hf') })).resolves.toMatchObject([{ path, store: 'huggingFace' }]);
  });

  it('of a folder all models are found, but neither what is no model nor the second part of one', async () => {
    const paths = [
      write(MODEL, 'own', 'a.gguf'),
      write(MODEL, 'own', 'deep', 'b-00001-of-00002.gguf'),
      write(MODEL, 'own', 'deep', 'c.GGUF'),
    ];
    write(MODEL, 'own', 'deep', 'b-00002-of-00002.gguf');
    write(MODEL, 'own', 'mmproj-a.gguf');
    write(MODEL, 'own', 'a-mmproj-f16.gguf');
    write(MODEL, 'own', 'a.mmproj.gguf');
    write(MODEL, 'own', 'notes.txt');
    const found = await find([join(home, 'own')]);
    expect(found.map(({ path }) => path).toSorted()).toEqual(paths.toSorted());
  });

  it('a model in several files is as large as all of them, and has no part of another one', async () => {
    const path = write('first part', 'own', 'big-00001-of-00003.gguf');
    write('second', 'own', 'big-00002-of-00003.gguf');
    write('third', 'own', 'big-00003-of-00003.gguf');
    const other = write('other', 'own', 'big-00001-of-00002.gguf');
    const found = await find([join(home, 'own')]);
    expect(found.map((model) => [model.path, model.bytes]).toSorted()).toEqual([
      [other, 5],
      [path, 'first part'.length + 'second'.length + 'third'.length],
    ]);
  });

  it('a model is found once, in the store that it belongs to', async () => {
    write(MODEL, '.lmstudio', 'models', 'maker', 'tiny-GGUF', 'tiny.gguf');
    await expect(find([join(home, '.lmstudio')])).resolves.toMatchObject([{ store: 'lmStudio' }]);
  });

  it('a folder that links to itself, is not there, or may not be read, keeps nobody waiting', async () => {
    mkdirSync(join(home, 'own'));
    symlinkSync(join(home, 'own'), join(home, 'own', 'round'));
    mkdirSync(join(home, 'closed'));
    chmodSync(join(home, 'closed'), 0);
    await expect(find([join(home, 'own'), join(home, 'missing'), join(home, 'closed')])).resolves.toEqual([]);
  });
});
