import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatView } from './harness/chat-view.ts';
import { SecondClient } from './harness/second-client.ts';
import { Workbench } from './harness/workbench.ts';

const WINDOW = 256;
const WINDOWS = 10;

describe(`a conversation of more than ${WINDOWS} windows`, () => {
  let workbench: Workbench;
  let chat: ChatView;
  beforeAll(async () => {
    const settings = { 'endless.cache.window': WINDOW, 'endless.chat.maxAnswerTokens': 32 };
    workbench = await Workbench.open({ engine: 'real', settings });
    chat = await workbench.openChat();
  });
  afterAll(() => workbench.dispose());

  it('never evaluates a token twice and never resets', { timeout: 600_000 }, async () => {
    let turns = 1;
    await chat.ask('Hello!');
    using client = await SecondClient.attach(workbench.sandbox);
    let snapshot = await client.snapshotAtRest();
    while (snapshot.status.stats.appendedTokens <= WINDOWS * WINDOW) {
      turns += 1;
      await chat.ask(`Message ${turns}: write a function that adds the numbers ${turns} and ${turns + 1}, and say what it returns.`);
      snapshot = await client.snapshotAtRest();
      expect(snapshot.status.stats.decodedTokens).toBe(snapshot.status.stats.appendedTokens);
    }
    const { stats, cache } = snapshot.status;
    expect(stats.rebuildsToday).toBe(0);
    expect(stats.evictedToday).toBeGreaterThan((WINDOWS - 1) * WINDOW - WINDOW);
    expect(cache?.window).toBe(WINDOW);
    expect(snapshot.turns.map(({ state }) => state)).toEqual(Array(turns).fill('done'));
    await workbench.screenshot('ten-windows');
  });

  it('marks what has left the cache', async () => {
    await chat.divider.waitFor();
    await expect.poll(() => chat.cacheBar.innerText()).toMatch(/evicted/);
  });
});
