import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { strings } from '../../../src/bench/models/gguf-writer.ts';
import { inspectModelFile } from '../../../src/engine/model/model-file.ts';
import { tinyModel } from './broken-models.ts';

const folder = mkdtempSync(join(tmpdir(), 'endless-header-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Written with its length before it. */
const WORD = 'token';
const WORD_BYTES = 8 + WORD.length;
/** Like the vocabularies of large models, which take several mebibytes: the file is read in pieces of one. */
const LARGE = strings(Array<string>(180_000).fill(WORD));

describe('a model file with a large vocabulary', () => {
  it.each(Array.from({ length: WORD_BYTES }, (_, shift) => shift))(
    'is read as it is, also where a piece ends %d bytes further in a word',
    async (shift) => {
      const path = await tinyModel(join(folder, `${shift}.gguf`), { metadata: { 'test.shift': 'x'.repeat(shift), 'test.words': LARGE } });
      await expect(inspectModelFile(path)).resolves.toMatchObject({ path, architecture: 'llama' });
    },
  );
});
