import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { distributionAfter, divergence } from '../../src/engine/cache/distribution.ts';
import type { Dialogue } from '../../src/engine/conversation/dialogue.ts';
import { openDialogue } from '../../src/engine/conversation/open-dialogue.ts';
import type { LoadedModel } from '../../src/engine/model/loaded-model.ts';
import { loadBundledModel, testSettings } from './bundled-model.ts';

const SYSTEM_PROMPT = 'You are Endless.';
const INSTRUCTIONS = 'Use tabs. Write no semicolons.';

let loaded: LoadedModel;
let dialogue: Dialogue;

beforeAll(async () => {
  loaded = await loadBundledModel(256);
});
afterAll(() => loaded.dispose());
beforeEach(async () => {
  dialogue = await openDialogue(loaded, SYSTEM_PROMPT);
});

const kinds = (): readonly string[] => dialogue.cache.layout.segments.map(({ kind }) => kind);
const held = (): string => loaded.model.detokenize([...loaded.sequence.contextTokens], true);

async function say(turnId: number, message: string): Promise<void> {
  const options = { sampling: { ...testSettings(), maxAnswerTokens: 12 }, signal: new AbortController().signal };
  const pieces = dialogue.answer(turnId, message, options);
  while (!(await pieces.next()).done);
  await dialogue.settle();
}

describe('the instructions of a workspace', () => {
  it('are pinned behind the system prompt, as a turn of the template', async () => {
    expect(await dialogue.instruct(INSTRUCTIONS)).toBe(false);
    await say(1, 'Hello');
    expect(kinds()).toEqual(['sink', 'pinned', 'turn']);
    const [, pinned] = dialogue.cache.layout.segments;
    const expected = loaded.chat.pastTurn(INSTRUCTIONS, 'Understood.', 'afterSystemPrompt').tokens;
    expect(loaded.sequence.contextTokens.slice(pinned!.start, pinned!.start + pinned!.tokens)).toEqual(expected);
  });

  it('are read once', async () => {
    await dialogue.instruct(INSTRUCTIONS);
    const { decoded } = loaded.decodes;
    await dialogue.instruct(INSTRUCTIONS);
    expect(loaded.decodes.decoded).toBe(decoded);
  });

  it('never leave, however long the conversation is', async () => {
    await dialogue.instruct(INSTRUCTIONS);
    for (let turnId = 1; turnId <= 12; turnId++) await say(turnId, 'What does map do with the elements of a list? '.repeat(2));
    expect(kinds().slice(0, 2)).toEqual(['sink', 'pinned']);
    expect(held()).toContain('Write no semicolons.');
  });

  it('that have changed are told as a new turn, and the old ones are erased', async () => {
    await dialogue.instruct(INSTRUCTIONS);
    await say(1, 'Hello');
    await dialogue.instruct('Use spaces.');
    await say(2, 'And now?');
    expect(kinds()).toEqual(['sink', 'turn', 'pinned', 'turn']);
    expect(held()).not.toContain('semicolons');
    expect(held()).toContain('Use spaces.');
    expect(dialogue.cache.decodedTokens).toBe(dialogue.cache.appendedTokens);
  });

  it('that are switched off are erased', async () => {
    await dialogue.instruct(INSTRUCTIONS);
    await say(1, 'Hello');
    await dialogue.instruct('');
    expect(kinds()).toEqual(['sink', 'turn']);
    expect(held()).not.toContain('semicolons');
  });

  it('leave a cache that is as good as one that never had them, but for what was said under them', async () => {
    await dialogue.instruct(INSTRUCTIONS);
    await dialogue.instruct('');
    const probe = loaded.model.tokenize('the')[0]!;
    const after = await distributionAfter(loaded.sequence, probe);
    await openDialogue(loaded, SYSTEM_PROMPT);
    expect(divergence(await distributionAfter(loaded.sequence, probe), after)).toBeLessThan(1e-5);
  });

  it('take no more than a quarter of the window: their end is left out, and that is said', async () => {
    expect(await dialogue.instruct('Use tabs. '.repeat(200))).toBe(true);
    const [, pinned] = dialogue.cache.layout.segments;
    expect(pinned!.tokens).toBeLessThanOrEqual(64);
    expect(pinned!.tokens).toBeGreaterThan(40);
  });

  it('that were not read to their end are not taken for read', async () => {
    const stop = AbortSignal.abort(new Error('stopped'));
    await expect(dialogue.instruct(INSTRUCTIONS, stop)).rejects.toThrow('stopped');
    expect(kinds()).toEqual(['sink']);
    await dialogue.instruct(INSTRUCTIONS);
    expect(kinds()).toEqual(['sink', 'pinned']);
  });
});

describe('compacting', () => {
  it('leaves the sinks, what is pinned, and the newest turns', async () => {
    await dialogue.instruct(INSTRUCTIONS);
    for (let turnId = 1; turnId <= 4; turnId++) await say(turnId, `Question ${turnId}`);
    const { used } = dialogue.cache.layout;
    const evicted = await dialogue.cache.compact(2);
    expect(dialogue.cache.layout.segments.map(({ kind, turnId }) => turnId ?? kind)).toEqual(['sink', 'pinned', 3, 4]);
    expect(dialogue.cache.layout.used).toBe(used - evicted);
    expect(await dialogue.cache.compact(2)).toBe(0);
    await say(5, 'And on?');
    expect(dialogue.cache.decodedTokens).toBe(dialogue.cache.appendedTokens);
  });
});
