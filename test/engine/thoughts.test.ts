import type { Token } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatTokens } from '../../src/engine/conversation/chat-tokens.ts';
import { Dialogue, type AnswerEnd, type AnswerOptions } from '../../src/engine/conversation/dialogue.ts';
import { openDialogue } from '../../src/engine/conversation/open-dialogue.ts';
import type { LoadedModel } from '../../src/engine/model/loaded-model.ts';
import { forcedSequence } from '../faults/harness/forced-sequence.ts';
import { loadZooModel } from './oracle/zoo-model.ts';
import { loadBundledModel, testSettings } from './bundled-model.ts';

const THOUGHTS = '<think>\nLet me see.\n</think>\n\n';
const OPENED = 'Let me see.\n</think>\n\n';

let loaded: LoadedModel;
let said: Token[] = [];

beforeAll(async () => {
  loaded = await loadBundledModel(256);
});
afterAll(() => loaded.dispose());

/** The model, but it says what it is told to, and thinks. */
function scripted(model = loaded): LoadedModel {
  const next = (): Token => {
    const token = said.shift();
    if (token === undefined) throw new Error('nothing more is to be said');
    return token;
  };
  return { ...model, marksThoughts: true, sequence: forcedSequence(model.sequence, next) };
}

/** A template that opens thoughts itself. */
function opening(model = loaded): LoadedModel {
  const tokenizer = {
    bos: undefined,
    tokenize: (text: string, special: boolean) => model.model.tokenize(text, special, 'trimLeadingSpace'),
    detokenize: (tokens: readonly Token[]) => model.model.detokenize(tokens),
  };
  const format = { beforeSystem: '<|system|>', afterSystem: '<|end|>', bareHead: '', firstOpening: '<|user|>', opening: '<|user|>' };
  const answer = {
    beforeAnswer: '<|end|><|assistant|><think>\n',
    beforePastAnswer: '<|end|><|assistant|>',
    close: '<|end|>',
    trims: false,
  };
  return { ...scripted(model), chat: new ChatTokens(tokenizer, { ...format, ...answer }) };
}

interface Heard extends AnswerEnd {
  readonly thoughts: string;
  readonly answer: string;
}

async function hear(dialogue: Dialogue, model: LoadedModel, text: string, options: Partial<AnswerOptions> = {}): Promise<Heard> {
  const { eot, eos } = model.model.tokens;
  said = [...model.model.tokenize(text), (eot ?? eos)!];
  let [thoughts, answer] = ['', ''];
  const onThought = (thought: string): void => void (thoughts += thought);
  const { signal } = new AbortController();
  const sampling = { ...testSettings(), maxAnswerTokens: 0 };
  const pieces = dialogue.answer(dialogue.turnIds.length + 1, 'What is a?', { sampling, signal, onThought, ...options });
  for (;;) {
    const piece = await pieces.next();
    if (piece.done) return { ...piece.value, thoughts, answer };
    answer += piece.value;
  }
}

const inCache = ({ sequence }: LoadedModel): readonly Token[] => [...sequence.contextTokens];

describe('what a model thinks before it answers', () => {
  it('is heard apart from the answer, and leaves the cache when that has ended: it holds what the template makes of it', async () => {
    const model = scripted();
    const dialogue = await openDialogue(model, 'You are Endless.');
    const { thoughts, answer } = await hear(dialogue, model, `${THOUGHTS}It is one.`);
    await dialogue.settle();
    expect([thoughts, answer]).toEqual(['Let me see.\n', 'It is one.']);
    expect(dialogue.cache.decodedTokens).toBe(dialogue.cache.appendedTokens);
    expect(dialogue.cache.layout.segments.at(-1)).toMatchObject({ turnId: 1, evicted: 0 });
    const held = inCache(model);
    const again = await openDialogue(loaded, 'You are Endless.');
    await again.refill([{ id: 1, message: 'What is a?', answer: 'It is one.' }], () => undefined);
    expect(loaded.model.detokenize(held, true)).toBe(loaded.model.detokenize(inCache(loaded), true));
  });

  it('is nothing but an answer of a model that has no marks for it', async () => {
    const model = { ...scripted(), marksThoughts: loaded.marksThoughts };
    const dialogue = await openDialogue(model, 'You are Endless.');
    const text = '<think> is a tag that some models know.';
    expect(await hear(dialogue, model, text)).toMatchObject({ thoughts: '', answer: text });
    await dialogue.settle();
    expect(loaded.model.detokenize(inCache(model))).toContain(text);
  });

  it('stays there when it is to be kept', async () => {
    const model = scripted();
    const dialogue = await openDialogue(model, 'You are Endless.');
    await hear(dialogue, model, `${THOUGHTS}It is one.`, { keepsThoughts: true });
    await dialogue.settle();
    expect(loaded.model.detokenize(inCache(model))).toContain('</think>');
  });

  it('that the template has opened leaves with its mark', async () => {
    const model = opening();
    const dialogue = await openDialogue(model, 'You are Endless.');
    const { thoughts, answer } = await hear(dialogue, model, `${OPENED}It is one.`);
    await dialogue.settle();
    expect([thoughts, answer]).toEqual(['Let me see.\n', 'It is one.']);
    const text = loaded.model.detokenize(inCache(model), true);
    expect(text).not.toContain('think');
    expect(text.endsWith('<|assistant|>It is one.<|end|>')).toBe(true);
    const [, turn] = dialogue.cache.layout.segments;
    expect(turn!.answerHeader).toBe(model.model.tokenize('<|end|><|assistant|>', true).length);
  });

  it('and is stopped there leaves, too, and the turn is closed', async () => {
    const model = scripted();
    const dialogue = await openDialogue(model, 'You are Endless.');
    const stop = new AbortController();
    const onThought = (): void => stop.abort();
    const { finish, answer } = await hear(dialogue, model, `${THOUGHTS}It is one.`, { signal: stop.signal, onThought });
    await dialogue.settle();
    expect([finish, answer]).toEqual(['stopped', '']);
    const text = loaded.model.detokenize(inCache(model), true);
    expect(text).not.toContain('think');
    expect(text.trimEnd().endsWith('<|assistant|><|end|>')).toBe(true);
  });

  it('leaves also where no position can be shifted', async () => {
    const unable = await loadZooModel('qwen2vl');
    const model = scripted(unable);
    const dialogue = await openDialogue(model, 'abc');
    await hear(dialogue, model, `${THOUGHTS}one`);
    await dialogue.settle();
    expect(unable.model.detokenize(inCache(model))).not.toContain('think');
    expect(dialogue.cache.layout.used).toBe(inCache(model).length);
    await unable.dispose();
  });

  it('leaves by so much as is there still when an answer was so long that its beginning has been evicted', async () => {
    const model = scripted();
    const dialogue = await openDialogue(model, 'You are Endless.');
    const long = Array.from({ length: 70 }, (_, at) => `line ${String(at)};`).join('\n');
    const { answer } = await hear(dialogue, model, `<think>\n${long}\n</think>\n\nIt is one.`);
    await dialogue.settle();
    expect(answer).toBe('It is one.');
    const text = loaded.model.detokenize(inCache(model), true).trimEnd();
    expect(text.endsWith('<|assistant|>It is one.<|end|>')).toBe(true);
  });

  it('is known to have ended when the process does not live to see the end of the answer', async () => {
    const model = scripted();
    let dialogue = await openDialogue(model, 'You are Endless.');
    const { eot, eos } = model.model.tokens;
    said = [...model.model.tokenize(`${THOUGHTS}It is one.`), (eot ?? eos)!];
    const options = { sampling: { ...testSettings(), maxAnswerTokens: 0 }, signal: new AbortController().signal };
    const pieces = dialogue.answer(1, 'What is a?', options);
    await pieces.next();
    const { cache, chat, state } = dialogue;
    dialogue = Dialogue.resume(
      { cache, chat, facts: model.model, cutsBack: true, marksThoughts: true, systemPrompt: 'You are Endless.' },
      state,
    );
    await dialogue.closeInterrupted(() => true);
    expect(loaded.model.detokenize(inCache(model))).not.toContain('think');
  });
});
