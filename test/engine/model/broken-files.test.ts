import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { float32s, int32s, strings, uint32, type GgufTensor } from '../../../src/bench/models/gguf-writer.ts';
import { inspectModelFile } from '../../../src/engine/model/model-file.ts';
import { describeError } from '../../../src/shared/error-sentences.ts';
import { EndlessError, type ErrorCode } from '../../../src/shared/errors.ts';
import { BUNDLED_MODEL } from '../bundled-model.ts';
import { EnginePlace, Participant } from '../engine-process.ts';
import {
  behind,
  changedCopy,
  FIRST_KEY_AT,
  KEY_COUNT_AT,
  TENSOR_COUNT_AT,
  tinyModel,
  VERSION_AT,
  type TinyChanges,
} from './broken-models.ts';

const folder = mkdtempSync(join(tmpdir(), 'endless-broken-'));
const at = (name: string): string => join(folder, name);
const whole = at('whole.gguf');
let place: EnginePlace;
let user: Participant;
let pid: number;

beforeAll(async () => {
  await tinyModel(whole);
  place = new EnginePlace();
  user = new Participant(await place.connect());
  await user.open();
  pid = await place.pid();
});
afterAll(async () => {
  user.connection.close();
  await place.close();
  rmSync(folder, { recursive: true });
});

/** The whole model with something done to its bytes. */
const bytes = (change: (bytes: Buffer) => Buffer | undefined) => (name: string) => changedCopy(whole, at(name), change);
const number = (where: (bytes: Buffer) => number, value: bigint) =>
  bytes((all) => {
    all.writeBigUInt64LE(value, where(all));
    return undefined;
  });
const version = (value: number) =>
  bytes((all) => {
    all.writeUInt32LE(value, VERSION_AT);
    return undefined;
  });
const changed = (changes: TinyChanges) => (name: string) => tinyModel(at(name), changes);
const without = (key: string) => changed({ metadata: { [key]: undefined } });
const tensor = (named: string, change: (tensor: GgufTensor) => GgufTensor | undefined) =>
  changed({ tensors: (tensor) => (tensor.name === named ? change(tensor) : tensor) });
const zeros = (length: number): readonly Uint8Array[] => [new Uint8Array(length)];

type Maker = (name: string) => string | Promise<string>;

/** What is wrong with a file, how such a file is made, and what is said of it before it is loaded. */
const SEEN_AT_ONCE: readonly (readonly [string, Maker, ErrorCode])[] = [
  ['nothing', at, 'model-not-found'],
  ['a folder', (name) => (mkdirSync(at(name)), at(name)), 'model-not-file'],
  ['a named pipe', (name) => (execFileSync('mkfifo', [at(name)]), at(name)), 'model-not-file'],
  ['an empty file', (name) => (writeFileSync(at(name), ''), at(name)), 'model-empty'],
  ['a text', (name) => (writeFileSync(at(name), 'This is a text, not a model.'), at(name)), 'model-not-gguf'],
  ['a link that goes in a circle', (name) => (symlinkSync(at(name), at(name)), at(name)), 'model-link-broken'],
  ['a link to what has gone', (name) => (symlinkSync(at('gone'), at(name)), at(name)), 'model-link-broken'],
  ['a part without the others', (name) => changedCopy(whole, at(`${name}-00001-of-00002.gguf`), () => undefined), 'model-part-missing'],
  ['version 1', version(1), 'model-version'],
  ['version 999', version(999), 'model-version'],
  ['the other byte order', version(0x03000000), 'model-big-endian'],
  ['2⁶³ keys', number(() => KEY_COUNT_AT, 2n ** 63n), 'model-damaged'],
  ['a billion keys', number(() => KEY_COUNT_AT, 10n ** 9n), 'model-damaged'],
  ['2⁶³ tensors', number(() => TENSOR_COUNT_AT, 2n ** 63n), 'model-damaged'],
  ['a billion tensors', number(() => TENSOR_COUNT_AT, 10n ** 9n), 'model-damaged'],
  ['no tensors', number(() => TENSOR_COUNT_AT, 0n), 'model-damaged'],
  ['a key of 2⁶⁰ bytes', number(() => FIRST_KEY_AT, 2n ** 60n), 'model-damaged'],
  ['a text of 2⁶⁰ bytes', number((all) => behind(all, 'general.name', 4), 2n ** 60n), 'model-damaged'],
  ['a text of ten gigabytes', number((all) => behind(all, 'general.name', 4), 10n ** 10n), 'model-damaged'],
  ['a list of 2⁶⁰ words', number((all) => behind(all, 'tokenizer.ggml.tokens', 8), 2n ** 60n), 'model-damaged'],
  ['a list of ten million words', number((all) => behind(all, 'tokenizer.ggml.tokens', 8), 10n ** 7n), 'model-damaged'],
  ['a list of ten million numbers', number((all) => behind(all, 'tokenizer.ggml.scores', 8), 10n ** 7n), 'model-truncated'],
  ['a tensor with 2⁶² rows', number((all) => behind(all, 'output_norm.weight', 4), 2n ** 62n), 'model-damaged'],
  ['a tensor with a billion rows', number((all) => behind(all, 'output_norm.weight', 4), 10n ** 9n), 'model-truncated'],
  [
    'a tensor of five dimensions',
    tensor('output_norm.weight', (norm) => ({ ...norm, shape: [...norm.shape, 1, 1, 1, 1] })),
    'model-damaged',
  ],
  ['an odd alignment', changed({ metadata: { 'general.alignment': uint32(7) } }), 'model-damaged'],
  [
    'a tensor of an unknown type',
    bytes((all) => {
      const [dimensions, rows] = [4, 8];
      all.writeUInt32LE(99, behind(all, 'output_norm.weight', dimensions + rows));
      return undefined;
    }),
    'model-version',
  ],
  ['no architecture', without('general.architecture'), 'model-damaged'],
  ['a number for an architecture', changed({ metadata: { 'general.architecture': uint32(3) } }), 'model-damaged'],
  ['an unknown architecture', changed({ metadata: { 'general.architecture': 'perceptron' } }), 'model-unsupported'],
  ['an alignment of nothing', changed({ metadata: { 'general.alignment': uint32(0) } }), 'model-damaged'],
  ['a context of nothing', changed({ metadata: { 'llama.context_length': uint32(0) } }), 'model-damaged'],
  ['a context without end', changed({ metadata: { 'llama.context_length': uint32(2 ** 32 - 1) } }), 'model-damaged'],
  ['no tokenizer', without('tokenizer.ggml.model'), 'model-no-vocabulary'],
  ['no words', without('tokenizer.ggml.tokens'), 'model-no-vocabulary'],
  ['an empty list of words', changed({ metadata: { 'tokenizer.ggml.tokens': strings([]) } }), 'model-no-vocabulary'],
  ['numbers for words', changed({ metadata: { 'tokenizer.ggml.tokens': int32s([1, 2, 3]) } }), 'model-no-vocabulary'],
];

/** The same for what only loading can find. */
const SEEN_WHEN_LOADED: readonly (readonly [string, Maker, ErrorCode])[] = [
  ['no chat template', without('tokenizer.chat_template'), 'no-chat-template'],
  ['a number for a chat template', changed({ metadata: { 'tokenizer.chat_template': uint32(3) } }), 'no-chat-template'],
  ['a chat template that is none', changed({ metadata: { 'tokenizer.chat_template': '{% for %}' } }), 'no-chat-template'],
  ['a layer without its queries', tensor('blk.0.attn_q.weight', () => undefined), 'model-damaged'],
  ['no embeddings', tensor('token_embd.weight', () => undefined), 'model-damaged'],
  [
    'a matrix of another shape',
    tensor('blk.0.attn_q.weight', (q) => ({ ...q, shape: [64, 32], data: zeros(64 * 32 * 4) })),
    'model-damaged',
  ],
  ['a vector of no length', tensor('blk.0.attn_norm.weight', (norm) => ({ ...norm, shape: [0], data: [] })), 'model-damaged'],
  ['an unknown tokenizer', changed({ metadata: { 'tokenizer.ggml.model': 'abacus' } }), 'model-no-vocabulary'],
  ['a score for one word only', changed({ metadata: { 'tokenizer.ggml.scores': float32s([1]) } }), 'model-no-vocabulary'],
  ['a tensor too many', tensor('output_norm.weight', (norm) => ({ ...norm, name: 'unheard.weight' })), 'model-damaged'],
  // llama.cpp aborts the process at these; a throwaway process dies of them.
  ['no layers', changed({ metadata: { 'llama.block_count': uint32(0) } }), 'model-ends-engine'],
  ['four million layers', changed({ metadata: { 'llama.block_count': uint32(4_000_000) } }), 'model-ends-engine'],
  ['attention without heads', changed({ metadata: { 'llama.attention.head_count_kv': uint32(0) } }), 'model-ends-engine'],
  ['too many experts', changed({ metadata: { 'llama.expert_count': uint32(100_000) } }), 'model-ends-engine'],
];

/** The file's name tells which case it is when one fails. */
const nameOf = (what: string): string => `${what.replaceAll(/[^\w]+/g, '-')}.gguf`;

describe('a model file that is', () => {
  it.each(SEEN_AT_ONCE)('%s is refused before it is loaded, and by a load', async (what, make, code) => {
    const path = await make(nameOf(what));
    await expect(inspectModelFile(path)).rejects.toMatchObject({ code });
    await expect(user.ask('Hello', { modelPath: path })).resolves.toMatchObject({ state: 'failed', error: { code } });
  });

  it.each(SEEN_WHEN_LOADED)('%s is refused when it is loaded', async (what, make, code) => {
    const path = await make(nameOf(what));
    const turn = await user.ask('Hello', { modelPath: path });
    expect(turn).toMatchObject({ state: 'failed', error: { code } });
  });

  const length = readFileSync(BUNDLED_MODEL).length;
  const inTheHeader = [1, 3, 4, 7, 12, 20, 24, 30, 50, 1_000, 20_000, 60_000, 100_000];
  const inTheWeights = [1 / 8, 1 / 4, 1 / 2, 3 / 4].map((part) => Math.floor(length * part));
  it.each([...inTheHeader, ...inTheWeights, length - 4096, length - 32, length - 1])(
    'cut short after %d bytes is refused before it is loaded, and by a load',
    async (kept) => {
      const path = changedCopy(BUNDLED_MODEL, at(`cut-${String(kept)}.gguf`), (all) => all.subarray(0, kept));
      await expect(inspectModelFile(path)).rejects.toMatchObject({ code: 'model-truncated' });
      const turn = await user.ask('Hello', { modelPath: path });
      expect(turn).toMatchObject({ state: 'failed', error: { code: 'model-truncated' } });
    },
  );

  it('not for this user to read is refused', () => {
    const path = changedCopy(whole, at('locked.gguf'), () => undefined);
    chmodSync(folder, 0o755);
    chmodSync(path, 0o000);
    // The superuser may read everything, so somebody else has to try.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const program = `
      import { inspectModelFile } from ${JSON.stringify(resolve('src/engine/model/model-file.ts'))};
      await inspectModelFile(${JSON.stringify(path)}).catch((error) => console.log(error.code));`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8', ...nobody });
    expect(printed.trim()).toBe('model-not-readable');
  });

  it('changed anywhere before its weights is refused with a code, or is as good as before', async () => {
    const original = readFileSync(whole);
    const beforeWeights = behind(original, 'blk.0.ffn_down.weight');
    const change = fc.record({ position: fc.nat(beforeWeights), value: fc.constantFrom(0, 1, 0x7f, 0x80, 0xff) });
    const codes = new Set<string>();
    const property = fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const path = changedCopy(whole, at('mutant.gguf'), (all) => {
        for (const { position, value } of changes) all[position] = value;
        return undefined;
      });
      const error: unknown = await inspectModelFile(path).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error !== undefined) expect(error).toBeInstanceOf(EndlessError);
      codes.add(error instanceof EndlessError ? error.code : 'none');
    });
    await fc.assert(property, { seed: 9, numRuns: 200 });
    expect([...codes]).toEqual(expect.arrayContaining(['none', 'model-damaged']));
  });

  it('refused has not been given gigabytes of memory', () => {
    const kilobyte = 1024;
    expect(process.resourceUsage().maxRSS * kilobyte).toBeLessThan(1e9);
  });

  it('refused has left the engine alive: it answers with another one', async () => {
    expect(await place.pid()).toBe(pid);
    await expect(user.ask('Hello')).resolves.toMatchObject({ state: 'done' });
  });
});

describe('what is said of a broken file', () => {
  const english = {
    t: (text: string, args: Record<string, string | number> = {}) => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(args[name])),
  };
  const codes = [...new Set([...SEEN_AT_ONCE, ...SEEN_WHEN_LOADED].map(([, , code]) => code)), 'model-not-readable' as const];

  it('is a sentence of its own for each kind of damage, names the file, and offers another one', () => {
    const told = codes.map((code) => describeError(english, { code, args: { path: '/models/a.gguf' } }));
    expect(new Set(told.map(({ sentence }) => sentence)).size).toBe(codes.length);
    for (const { sentence, actions } of told) {
      expect(actions).toContain('chooseModel');
      if (!sentence.includes('/models/a.gguf')) expect(sentence).toMatch(/architecture|kind/);
    }
  });
});

describe('a model that is in use', () => {
  const good = at('good.gguf');
  const hello = async (): Promise<string> => (await user.ask('Hello', { modelPath: good })).state;
  const fileBytes = async (): Promise<number | undefined> => {
    await user.open();
    return user.status?.model?.fileBytes;
  };

  it('goes on when its file is deleted, and is missed when it is loaded again', async () => {
    copyFileSync(BUNDLED_MODEL, good);
    expect(await hello()).toBe('done');
    unlinkSync(good);
    expect(await hello()).toBe('done');
    await user.ask('Hello');
    await expect(user.ask('Hello', { modelPath: good })).resolves.toMatchObject({ error: { code: 'model-not-found' } });
  });

  it('goes on when another file takes its place, and is the other when it is loaded again', async () => {
    copyFileSync(BUNDLED_MODEL, good);
    expect(await hello()).toBe('done');
    unlinkSync(good);
    await tinyModel(good);
    expect(await hello()).toBe('done');
    expect(await fileBytes()).toBe(readFileSync(BUNDLED_MODEL).length);
    await user.ask('Hello');
    expect(await hello()).toBe('done');
    expect(await fileBytes()).toBe(readFileSync(good).length);
  });
});

describe('a model that engines die of', () => {
  it('is loaded twice, then named and left alone, until it is chosen again', async () => {
    const deadly = await tinyModel(at('deadly.gguf'), {
      // With this scaling no throwaway process tries the model first.
      metadata: { 'llama.attention.head_count_kv': uint32(0), 'llama.rope.scaling.type': 'yarn' },
    });
    const others = new EnginePlace();
    const attend = async (): Promise<Participant> => {
      const participant = new Participant(await others.connect(), { conversationId: 'deadly' });
      await participant.open();
      return participant;
    };
    const diesOf = async (participant: Participant): Promise<void> => {
      await participant.send('Hello', { modelPath: deadly });
      await participant.connection.closed;
    };

    await diesOf(await attend());
    await diesOf(await attend());
    const third = await attend();
    const turn = await third.ask('Hello', { modelPath: deadly });
    expect(turn.error).toMatchObject({ code: 'model-ends-engine', args: { path: deadly } });
    await expect(third.ask('Hello', { modelPath: BUNDLED_MODEL })).resolves.toMatchObject({ state: 'done' });

    await third.connection.request('inspectModel', { path: deadly });
    const unchosen = await third.ask('Hello', { modelPath: deadly });
    expect(unchosen.error?.code).toBe('model-ends-engine');

    await third.connection.request('inspectModel', { path: deadly, isChosen: true });
    await diesOf(third);
    const last = await attend();
    await expect(last.ask('Hello', { modelPath: BUNDLED_MODEL })).resolves.toMatchObject({ state: 'done' });
    last.connection.close();
    await others.close();
  });
});
