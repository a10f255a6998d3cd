import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Attachment } from '../../src/shared/attachments.ts';
import { testSettings } from './bundled-model.ts';
import { ADDRESS, EnginePlace, Participant } from './engine-process.ts';

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

const file = (name: string, lines = 1): Attachment => ({
  key: name,
  kind: 'file',
  label: name,
  text: `${name}:\n\`\`\`\n${`const ${name} = 1;\n`.repeat(lines)}\`\`\``,
});
const [FIRST, SECOND, LONG] = [file('first'), file('second'), file('long', 12)];

async function send(message: string, attachments: readonly Attachment[]): Promise<number> {
  return user.sendWith({ message, attachments: [...attachments] });
}

async function restart(): Promise<void> {
  user.connection.close();
  await Promise.all(place.exits);
  user = new Participant(await place.connect());
  await user.open();
}

describe('what is attached to a message', () => {
  it('is read while that is written, and only the rest when it is sent; it is kept with the turn', async () => {
    await user.askAndSettle('Hello');
    await user.attach([FIRST, SECOND]);
    expect(await user.held()).toEqual(['sink', 1, 'draft']);
    const { decodedTokens } = user.status!.stats;
    const [, , draft] = user.status!.cache!.segments;
    const turn = await user.settled(await send('What is it?', [FIRST, SECOND]));
    expect(turn.attachments).toEqual([FIRST, SECOND]);
    const { stats, cache } = user.status!;
    expect(await user.held()).toEqual(['sink', 1, 2]);
    expect(stats.decodedTokens - decodedTokens).toBe(cache!.segments.at(-1)!.tokens - draft!.tokens);
    expect(stats.decodedTokens).toBe(stats.appendedTokens);
    expect((await user.open()).at(-1)?.attachments).toEqual([FIRST, SECOND]);
  });

  it('goes when it is attached no longer, and before a command beside the conversation', async () => {
    await user.attach([FIRST]);
    await user.attach([]);
    expect(await user.held()).toEqual(['sink']);
    await user.attach([FIRST]);
    const prompt = { kind: 'message' as const, address: ADDRESS, message: 'Name it', lane: 'beside' as const };
    const request = { id: 'a', prompt, settings: testSettings(), requestWindow: 256 };
    const { lane } = await user.connection.request('generate', request);
    expect([lane, await user.held()]).toEqual(['beside', ['sink']]);
  });

  it('waits for an answer, makes way for a message, and is not read again for that', async () => {
    const answering = await user.send('Write a function');
    const attached = user.attach([LONG]);
    const sent = await send('What is it?', [LONG]);
    await attached;
    await user.ended(answering);
    await user.settled(sent);
    expect(await user.held()).toEqual(['sink', answering, sent]);
    expect(user.status!.stats.decodedTokens).toBe(user.status!.stats.appendedTokens);
  });

  it('is there still when the engine comes back after a crash, and is never taken for a turn', async () => {
    await user.askAndSettle('Hello');
    await user.attach([FIRST]);
    process.kill(await place.pid(), 'SIGKILL');
    await restart();
    await user.settled(await send('What is it?', [FIRST]));
    expect(user.status!.origin).toMatchObject({ kind: 'restored' });
    expect(await user.held()).toEqual(['sink', 1, 2]);
    const [, , turn] = user.status!.cache!.segments;
    expect(turn!.evicted).toBe(0);
  });

  it('is told again when the cache is filled from the text', async () => {
    await user.settled(await send('What is it?', [FIRST]));
    const [, before] = user.status!.cache!.segments;
    await user.settled(await user.send('And on', { systemPrompt: 'You are somebody else.' }));
    expect(user.status!.origin).toMatchObject({ kind: 'rebuilt' });
    expect(user.status!.cache!.segments[1]).toMatchObject({ turnId: 1, message: before!.message });
  });
});
