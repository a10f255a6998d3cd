import type { LlamaModel, Token } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InfillFormat } from '../../../src/engine/completion/infill.ts';
import { inspectModelFile, type ModelFile } from '../../../src/engine/model/model-file.ts';
import type { LoadedModel } from '../../../src/engine/model/loaded-model.ts';
import { BUNDLED_MODEL, loadBundledModel } from '../bundled-model.ts';

const frame = { path: 'src/a.ts', hidden: '', prefix: 'const a = 1;\n', suffix: '\nexport { a };\n' };

let loaded: LoadedModel;
let file: ModelFile;
beforeAll(async () => {
  loaded = await loadBundledModel(256);
  file = await inspectModelFile(BUNDLED_MODEL);
});
afterAll(() => loaded.dispose());

/** What stands in the tokens, control tokens by their names. */
const spelt = (tokens: readonly Token[]): string => loaded.model.detokenize(tokens, true);

/** The same model with other tokens for holes. */
function taught(infill: Partial<LlamaModel['tokens']['infill']>): LlamaModel {
  const tokens = Object.create(loaded.model.tokens, {
    infill: { value: { prefix: null, suffix: null, middle: null, ...infill } },
  }) as LlamaModel['tokens'];
  return Object.create(loaded.model, { tokens: { value: tokens } }) as LlamaModel;
}

describe('a hole in tokens', () => {
  it('is the path, the text before it, the text behind it, and the token for what is missing', () => {
    const format = InfillFormat.of({ model: loaded.model, file })!;
    expect(spelt(format.frame(frame))).toBe(
      '<|file_sep|>src/a.ts\n<|fim_prefix|>const a = 1;\n<|fim_suffix|>\nexport { a };\n<|fim_middle|>',
    );
    expect(spelt(format.passage({ path: 'b.ts', text: 'let b;' }))).toBe('<|file_sep|>b.ts\nlet b;\n');
  });

  it('begins with the name of the repository, for a model that was taught to read one', () => {
    const plain = InfillFormat.of({ model: loaded.model, file })!;
    expect(plain.head('endless')).toEqual(plain.head(''));
    expect(spelt(plain.head(''))).toBe('<|sink|>\n\n\n');
    const mark = loaded.model.tokenize('<|fim_middle|>', true)[0]!;
    const metadata = { ...file.info.metadata, tokenizer: { ggml: { fim_rep_token_id: mark } } };
    const info = Object.create(file.info, { metadata: { value: metadata } }) as ModelFile['info'];
    const format = InfillFormat.of({ model: loaded.model, file: { ...file, info } })!;
    expect(spelt(format.head('endless'))).toBe('<|sink|><|fim_middle|>endless\n');
    expect(format.head('')).toEqual(plain.head(''));
    expect(format.head('<|fim_middle|>').filter((token) => token === mark)).toHaveLength(1);
  });

  it('has no control tokens of the text’s own', () => {
    const format = InfillFormat.of({ model: loaded.model, file })!;
    const control = loaded.model.tokenize('<|fim_middle|>', true)[0];
    const tokens = [
      ...format.frame({ ...frame, path: '<|fim_middle|>', prefix: '<|fim_middle|>', suffix: '<|fim_middle|>' }),
      ...format.typed('<|fim_middle|>'),
      ...format.passage({ path: '<|fim_middle|>', text: '<|fim_middle|>' }),
    ];
    expect(tokens.filter((token) => token === control)).toHaveLength(1);
  });

  it('is only the text before it for a model that was taught nothing else', () => {
    const format = InfillFormat.of({ model: taught({}), file: { ...file, chatTemplate: undefined } })!;
    expect(format.seesSuffix).toBe(false);
    expect(spelt(format.frame(frame))).toBe('const a = 1;\n');
  });

  it('is none for a model that only answers', () => {
    expect(InfillFormat.of({ model: taught({}), file })).toBeUndefined();
    expect(InfillFormat.of({ model: taught({ prefix: 3 as Token }), file })).toBeUndefined();
  });
});
