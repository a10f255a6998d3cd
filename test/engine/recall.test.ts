import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineSettings } from '../../src/shared/protocol/engine-settings.ts';
import type { Turn } from '../../src/shared/protocol/turn.ts';
import { ADDRESS, EnginePlace, Participant } from './engine-process.ts';
import { testSettings } from './bundled-model.ts';

const WINDOW = 384;
const RECALLS: Partial<EngineSettings> = { window: WINDOW, recallShare: 0.25, maxAnswerTokens: 8 };
const FACT = 'Remember: the quasar gateway listens on port 5671.';

let place: EnginePlace;
let user: Participant;

beforeEach(async () => {
  place = new EnginePlace();
  user = new Participant(await place.connect());
  await user.open();
});
afterEach(async () => {
  user.connection.close();
  await place.close();
});

const ask = (message: string, settings: Partial<EngineSettings> = {}): Promise<Turn> => user.ask(message, { ...RECALLS, ...settings });

async function askForRecall(message: string, settings: Partial<EngineSettings> = {}): Promise<Turn> {
  const request = { address: ADDRESS, key: crypto.randomUUID(), message, settings: testSettings({ ...RECALLS, ...settings }) };
  const { turnId } = await user.connection.request('send', { ...request, asksForRecall: true });
  return user.ended(turnId);
}

/** Talks of other things until a turn is out of the cache. */
async function talkUntilGone(turnId: number): Promise<void> {
  while ((user.status?.evictedUpTo ?? 0) < turnId) {
    await ask('Write a function that adds two numbers and returns the sum of them, then explain every line of it in order');
    await user.until(() => user.status?.activity.kind === 'idle');
  }
}

const textsOf = (turn: Turn): readonly string[] => turn.recall?.passages.map(({ text }) => text) ?? [];

describe('recall', () => {
  it('brings a passage back that has left the cache, and leaves the message as it was written', async () => {
    const { id } = await ask(FACT);
    await talkUntilGone(id);
    const turn = await ask('Which port does the quasar gateway use?');
    expect(textsOf(turn)).toContain(FACT);
    expect(turn.recall).toMatchObject({ asked: false, passages: [{ turnId: id, role: 'message' }] });
    expect(turn.message).toBe('Which port does the quasar gateway use?');
    await user.settled(turn.id);
    const { appendedTokens = 0, decodedTokens = 1 } = user.status?.stats ?? {};
    expect(decodedTokens).toBe(appendedTokens);
  });

  it('stays within its part of the window', async () => {
    const { id } = await ask(`${FACT}\n\n${'The quasar gateway is a part of the quasar project and so on. '.repeat(12)}`);
    await talkUntilGone(id);
    const alone = await ask('Say it: which port, quasar gateway, please?', { recallShare: 0 });
    const turn = await ask('Say it: which port, quasar gateway, please?', { recallShare: 0.2 });
    expect(textsOf(turn)).not.toEqual([]);
    expect((turn.stats?.messageTokens ?? Infinity) - (alone.stats?.messageTokens ?? 0)).toBeLessThanOrEqual(0.2 * WINDOW);
  });

  it('says nothing twice: what is in the cache still, or again, is not recalled', async () => {
    const { id } = await ask(FACT);
    expect((await ask('Which port does the quasar gateway use?')).recall).toBeUndefined();
    await talkUntilGone(id + 1);
    const recalling = await ask('Which port does the quasar gateway use?');
    expect(textsOf(recalling)).toContain(FACT);
    expect(textsOf(await ask('The quasar gateway, which port?'))).not.toContain(FACT);
  });

  it('recalls nothing when it is off, but for who asks', async () => {
    const { id } = await ask(FACT);
    await talkUntilGone(id);
    expect((await ask('Which port does the quasar gateway use?', { recallShare: 0 })).recall).toBeUndefined();
    const turn = await askForRecall('gateway', { recallShare: 0 });
    expect(turn).toMatchObject({ message: 'gateway', recall: { asked: true } });
    expect(textsOf(turn)).toContain(FACT);
  });

  it('tells who asks that there was nothing', async () => {
    expect((await askForRecall('gateway')).recall).toEqual({ asked: true, passages: [] });
  });

  it('gives way to a message that has no room for it', async () => {
    const { id } = await ask(FACT);
    await talkUntilGone(id);
    const room = ' and'.repeat(270);
    const turn = await ask(`Which port does the quasar gateway use?${room}`);
    expect(turn).toMatchObject({ state: 'done' });
    expect(turn.recall).toBeUndefined();
  });

  it('does not recall what was recalled, nor what was forgotten', async () => {
    const { id } = await ask(FACT);
    await talkUntilGone(id);
    const recalling = await ask('Which port does the quasar gateway use?');
    await talkUntilGone(recalling.id);
    const { passages = [] } = (await ask('Tell me the quasar gateway port again')).recall ?? {};
    expect(passages.filter(({ text }) => text.includes('5671')).every(({ turnId, role }) => turnId === id || role === 'answer')).toBe(true);
    const last = await ask('The nebula password is swordfish.');
    await user.connection.request('forget', { address: ADDRESS, turnId: last.id });
    await talkUntilGone(last.id + 1);
    expect(textsOf(await askForRecall('nebula password swordfish')).join()).not.toContain('swordfish');
  });

  it('shows the model what it was shown when the cache is filled again', async () => {
    const { id } = await ask(FACT);
    await talkUntilGone(id);
    const recalling = await ask('Which port does the quasar gateway use?');
    user.connection.close();
    await place.exits.at(-1);
    user = new Participant(await place.connect());
    await user.open();
    const turn = await ask('The quasar gateway, which port?');
    expect(await user.held()).toContain(recalling.id);
    expect(textsOf(turn)).not.toContain(FACT);
  });
});
