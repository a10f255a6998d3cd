import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LlamaContextSequence } from 'node-llama-cpp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CompletionContext } from '../../../src/engine/completion/completion-context.ts';
import { Completer } from '../../../src/engine/completion/completer.ts';
import { ModelSlot } from '../../../src/engine/model/model-slot.ts';
import { Precedence } from '../../../src/engine/precedence.ts';
import type { CompletionResult, CompletionSettings, Passage } from '../../../src/shared/protocol/completion.ts';
import { BUNDLED_MODEL } from '../bundled-model.ts';

const SETTINGS: CompletionSettings = {
  modelPath: BUNDLED_MODEL,
  gpu: 'off',
  threads: 1,
  quantizedValues: false,
  chatWindow: 512,
  window: 512,
};
const BEFORE = 'function add(first, second) {\n  return first + second;\n}\n\nfunction subtract(first, second) {\n';
const WINDOW = {};
const never = new AbortController().signal;

let chatModel: ModelSlot;
let ownModel: ModelSlot;
let precedence: Precedence;
let completer: Completer;

beforeEach(() => {
  [chatModel, ownModel, precedence] = [new ModelSlot(), new ModelSlot(), new Precedence()];
  completer = new Completer({ chatModel, ownModel, precedence, load: { log: () => undefined } });
});
afterEach(async () => {
  completer.close();
  await chatModel.unload();
  await ownModel.unload();
});

function complete(
  before: string,
  { after = '\n}\n', signal = never, ahead = false, explicit = false, repository = 'r', owner = WINDOW, passages = [] as Passage[] } = {},
): Promise<CompletionResult> {
  completer.show(owner, passages);
  return completer.complete({ place: { repository, path: 'a.ts', before, after, explicit }, settings: SETTINGS, ahead, owner }, signal);
}

describe('completions', () => {
  it('evaluate a key and no more', async () => {
    const first = await complete(`${BEFORE}  re`);
    expect(first.stats).toMatchObject({ reused: 0, frameKept: false });
    const second = await complete(`${BEFORE}  ret`);
    expect(second.stats).toMatchObject({ frameKept: true });
    expect(second.stats!.evaluated).toBeLessThanOrEqual(4);
    const third = await complete(`${BEFORE}  re`);
    expect(third.stats!.evaluated).toBeLessThanOrEqual(4);
  });

  it('say the same whether the cache was warm or not', async () => {
    await complete(`${BEFORE}  ret`);
    await complete(`${BEFORE}  retu`);
    const warm = await complete(`${BEFORE}  return`);
    await chatModel.unload();
    const cold = await complete(`${BEFORE}  return`);
    expect(cold.stats!.reused).toBe(0);
    expect(warm).toMatchObject({ outcome: cold.outcome, text: cold.text });
  });

  it('are superseded by newer ones', async () => {
    const results = await Promise.all([complete(`${BEFORE}  r`), complete(`${BEFORE}  re`), complete(`${BEFORE}  ret`)]);
    expect(results.slice(0, 2).map(({ outcome }) => outcome)).toEqual(['superseded', 'superseded']);
    expect(results[2].outcome).not.toBe('superseded');
  });

  it('that a key has ended are read on for the next one', async () => {
    const long = `${'// a comment that has to be read\n'.repeat(30)}${BEFORE}`;
    const stop = new AbortController();
    let decoded = 0;
    const evaluate = LlamaContextSequence.prototype.evaluateWithoutGeneratingNewTokens;
    const decode = vi.spyOn(LlamaContextSequence.prototype, 'evaluateWithoutGeneratingNewTokens');
    decode.mockImplementation(async function (this: LlamaContextSequence, tokens, options) {
      await evaluate.call(this, tokens, options);
      decoded += tokens.length;
      stop.abort();
    });
    const ended = await complete(`${long}  ret`, { signal: stop.signal });
    expect(ended).toMatchObject({ outcome: 'superseded', stats: { generated: 0 } });
    const { evaluated } = ended.stats!;
    await expect.poll(() => decoded).toBeGreaterThan(evaluated + 1);
    decode.mockRestore();
    expect((await complete(`${long}  retu`)).stats!.reused).toBeGreaterThan(evaluated);
  });

  it('end when nobody waits any more', async () => {
    const stop = new AbortController();
    const running = complete(`${BEFORE}  ret`, { signal: stop.signal });
    stop.abort();
    expect(await running).toEqual({ outcome: 'superseded', text: '', alternatives: [] });
  });

  it('go before the chat', async () => {
    const first = vi.spyOn(precedence, 'first');
    await complete(`${BEFORE}  ret`);
    expect(first).toHaveBeenCalledOnce();
    await completer.prepare();
    expect(first).toHaveBeenCalledOnce();
  });

  it('set the anchor to the cursor when nobody types, and read new passages then', async () => {
    const typed = `${BEFORE}  const difference = first - second;\n  return`;
    const passages = [{ path: 'b.ts', text: 'export const difference = 1;' }];
    await complete(`${BEFORE}  const`);
    expect((await complete(typed, { passages })).stats).toMatchObject({ frameKept: true });
    await completer.prepare();
    const { stats } = await complete(`${typed} `, { passages });
    expect(stats).toMatchObject({ frameKept: true });
    expect(stats!.evaluated).toBeLessThanOrEqual(3);
  });

  it('read passages that were told while nobody types, each once', async () => {
    await complete(`${BEFORE}  ret`);
    const passage = { path: 'b.ts', text: 'export const difference = first - second;' };
    completer.show(WINDOW, [passage, passage]);
    await completer.prepare();
    const decoded = completer.decodedTokens;
    await completer.prepare();
    expect(completer.decodedTokens).toBe(decoded);
    const { stats } = await complete(`${BEFORE}  retu`, { passages: [passage] });
    expect(stats).toMatchObject({ frameKept: true });
    expect(stats!.evaluated).toBeLessThanOrEqual(4);
    completer.show(WINDOW, []);
    expect((await complete(`${BEFORE}  retur`)).outcome).not.toBe('superseded');
  });

  it('know nothing of what another window has shown', async () => {
    const passages = [{ path: 'secret.ts', text: 'const difference = first - secretOfAnotherWindow;' }];
    await complete(`${BEFORE}  ret`, { passages });
    await completer.prepare();
    await complete(`${BEFORE}  return`, { passages });
    const other = await complete(`${BEFORE}  return`, { owner: {} });
    expect(other.stats!.reused).toBe(0);
    await chatModel.unload();
    const fresh = await complete(`${BEFORE}  return`, { owner: {} });
    expect(other).toMatchObject({ outcome: fresh.outcome, text: fresh.text });
  });

  it('begin anew in another repository', async () => {
    await complete(`${BEFORE}  ret`);
    expect((await complete(`${BEFORE}  retu`, { repository: 'other' })).stats).toMatchObject({ reused: 0, frameKept: false });
    expect((await complete(`${BEFORE}  retur`, { repository: 'other' })).stats).toMatchObject({ frameKept: true });
  });

  it('that nobody waits for leave the cache to the window that has it', async () => {
    await complete(`${BEFORE}  ret`);
    expect((await complete(`${BEFORE}  return`, { ahead: true, owner: {} })).outcome).toBe('superseded');
    expect((await complete(`${BEFORE}  retu`)).stats).toMatchObject({ frameKept: true });
  });

  it('are several, all of them different, for who asks with a key', async () => {
    const place = `${BEFORE}  const `;
    const { text } = await complete(place);
    const asked = await complete(place, { explicit: true });
    expect(asked.outcome).toBe('suggested');
    expect(asked.text.startsWith(text)).toBe(true);
    expect(asked.alternatives.length).toBeGreaterThan(0);
    expect(new Set([asked.text, ...asked.alternatives, '']).size).toBe(asked.alternatives.length + 2);
    expect(await complete(place, { explicit: true })).toMatchObject({ text: asked.text, alternatives: asked.alternatives });
  });

  it('that nobody waits for yet end no other, and are ended by the next', async () => {
    const first = vi.spyOn(precedence, 'first');
    await complete(`${BEFORE}  r`);
    const [waited, ahead] = await Promise.all([complete(`${BEFORE}  re`), complete(`${BEFORE}  return`, { ahead: true })]);
    expect(waited.outcome).not.toBe('superseded');
    expect(ahead.outcome).not.toBe('superseded');
    expect(first).toHaveBeenCalledTimes(2);
    const [stray, next] = await Promise.all([complete(`${BEFORE}  return`, { ahead: true }), complete(`${BEFORE}  ret`)]);
    expect(stray.outcome).toBe('superseded');
    expect(next.outcome).not.toBe('superseded');
  });

  it('that nobody waits for leave the anchor where it is', async () => {
    await complete(`${BEFORE}  ret`);
    await complete(`${BEFORE}  return first - second;\n  while (`, { ahead: true });
    await completer.prepare();
    const { stats } = await complete(`${BEFORE}  retu`);
    expect(stats).toMatchObject({ frameKept: true });
    expect(stats!.evaluated).toBeLessThanOrEqual(4);
  });

  it('go on after something has failed in the middle', async () => {
    const fresh = await complete(`${BEFORE}  return`);
    const decode = vi.spyOn(LlamaContextSequence.prototype, 'evaluateWithMetadata').mockImplementationOnce(() => {
      throw new Error('no slot');
    });
    await expect(complete(`${BEFORE}  while`)).rejects.toThrow('no slot');
    decode.mockRestore();
    expect(await complete(`${BEFORE}  return`)).toMatchObject({ outcome: fresh.outcome, text: fresh.text, stats: { reused: 0 } });
  });

  it('do not load a model again and again that cannot be loaded', async () => {
    const place = { repository: 'r', path: 'a.ts', before: 'a', after: '', explicit: false };
    const missing = { ...SETTINGS, modelPath: '/elsewhere/model.gguf' };
    const share = vi.spyOn(chatModel, 'share');
    for (let key = 0; key < 3; key++) {
      await expect(completer.complete({ place, settings: missing, ahead: false, owner: WINDOW }, never)).rejects.toMatchObject({
        code: 'model-not-found',
      });
    }
    expect(share).toHaveBeenCalledOnce();
    expect((await complete(`${BEFORE}  ret`)).stats).toMatchObject({ reused: 0 });
  });

  it('take another model when no chat stands on the one that is there', async () => {
    await complete(`${BEFORE}  ret`);
    const copy = join(await mkdtemp(join(tmpdir(), 'endless-model-')), 'copy.gguf');
    await copyFile(BUNDLED_MODEL, copy);
    const place = { repository: 'r', path: 'a.ts', before: `${BEFORE}  ret`, after: '\n}\n', explicit: false };
    const { stats } = await completer.complete({ place, settings: { ...SETTINGS, modelPath: copy }, ahead: false, owner: WINDOW }, never);
    expect(stats).toMatchObject({ reused: 0 });
    await chatModel.unload();
    await rm(dirname(copy), { recursive: true });
  });

  it('refuse when the chat has another model', async () => {
    chatModel.register({ isStanding: () => true, leave: () => Promise.resolve() });
    await chatModel.open({ ...SETTINGS, window: 512 }, { log: () => undefined, onProgress: () => undefined }, () => Promise.resolve());
    const place = { repository: 'r', path: 'a.ts', before: 'a', after: '', explicit: false };
    const other = { ...SETTINGS, modelPath: '/elsewhere/model.gguf' };
    expect((await completer.complete({ place, settings: other, ahead: false, owner: WINDOW }, never)).outcome).toBe('other-model');
  });

  it('go on when the model has been loaded anew', async () => {
    await complete(`${BEFORE}  ret`);
    await chatModel.open({ ...SETTINGS, window: 256 }, { log: () => undefined, onProgress: () => undefined }, () => Promise.resolve());
    expect((await complete(`${BEFORE}  retu`)).stats).toMatchObject({ reused: 0 });
  });

  it('are not lost to a model that goes while it comes', async () => {
    const options = { log: (): void => undefined, onProgress: (): void => undefined };
    const other = chatModel.open({ ...SETTINGS, window: 256 }, options, () => Promise.resolve());
    const results = [complete(`${BEFORE}  ret`), chatModel.open({ ...SETTINGS, window: 384 }, options, () => Promise.resolve()), other];
    await Promise.all(results);
    expect((await complete(`${BEFORE}  ret`)).outcome).not.toBe('superseded');
  });

  it('are refused for a model that cannot go back', async () => {
    const options = { log: (): void => undefined, onProgress: (): void => undefined };
    for (const obstacle of ['recurrent', 'hybrid'] as const) {
      const opened = await chatModel.open(SETTINGS, options, (weights) => CompletionContext.open({ ...weights, obstacle }, 256));
      expect(opened).toBe('no-rewind');
    }
  });

  it('can have a model of their own', async () => {
    const result = await completer.complete(
      {
        place: { repository: 'r', path: 'a.ts', before: `${BEFORE}  ret`, after: '\n}\n', explicit: false },
        settings: { ...SETTINGS, chatWindow: 0 },
        ahead: false,
        owner: WINDOW,
      },
      never,
    );
    expect(result.stats).toMatchObject({ reused: 0 });
  });

  it('fit into a small window, however long the file and dense its text', async () => {
    const long = Array.from({ length: 400 }, (_, n) => `x${n}=[${n},${n},${n}];`).join('\n');
    const dense = '#$%^&*'.repeat(300);
    const path = `${'源代码/'.repeat(30)}a.ts`;
    const deep = { repository: 'r', path, before: BEFORE, after: '', explicit: false };
    const request = { place: deep, settings: { ...SETTINGS, window: 256 }, ahead: false, owner: WINDOW };
    expect((await completer.complete(request, never)).stats!.generated).toBeGreaterThan(0);
    for (const before of [`${long}\nfunc`, `${long}\n${dense}`, `${dense}\n${dense}\nfunc`]) {
      expect((await complete(before, { after: `\n${long}` })).stats!.generated).toBeGreaterThan(0);
    }
  });
});
