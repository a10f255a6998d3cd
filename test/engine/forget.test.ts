import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RAMBLING } from './bundled-model.ts';
import { ADDRESS, EnginePlace, Participant, TALKATIVE } from './engine-process.ts';

let place: EnginePlace;
let user: Participant;

beforeEach(async () => {
  place = new EnginePlace({ preload: [TALKATIVE] });
  user = new Participant(await place.connect());
  await user.open();
});
afterEach(async () => {
  user.connection.close();
  await place.close();
});

const forget = (turnId: number) => user.connection.request('forget', { address: ADDRESS, turnId });
const messages = async (): Promise<readonly string[]> => (await user.open()).map(({ message }) => message);

describe('forgetting a turn', () => {
  it('that is the last cuts it off', async () => {
    await user.askAndSettle('Hello');
    const before = user.status?.cache?.used;
    const { id } = await user.askAndSettle('Thanks');
    await forget(id);
    expect(await messages()).toEqual(['Hello']);
    expect(user.status?.cache?.used).toBe(before);
    expect(user.forgotten).toEqual([{ turnId: id }]);
  });

  it('that others have followed takes its tokens out from between them, and nothing is computed again', async () => {
    for (const message of ['One', 'Two', 'Three']) await user.askAndSettle(message);
    const [, , second] = user.status!.cache!.segments;
    const { used } = user.status!.cache!;
    await forget(2);
    expect(await user.held()).toEqual(['sink', 1, 3]);
    expect(user.status!.cache!.used).toBe(used - second!.tokens);
    await user.askAndSettle('Four');
    expect(await user.held()).toEqual(['sink', 1, 3, 4]);
    expect(user.status!.stats.decodedTokens).toBe(user.status!.stats.appendedTokens);
    expect(await messages()).toEqual(['One', 'Three', 'Four']);
  });

  it('lets it not be found any more', async () => {
    await user.askAndSettle('the marmalade');
    await user.askAndSettle('Two');
    const search = () => user.connection.request('search', { address: ADDRESS, query: 'marmalade', limit: 5 });
    expect((await search()).hits).not.toEqual([]);
    await forget(1);
    expect((await search()).hits).toEqual([]);
  });

  it('that waits for its answer goes at once, and is never worked on', async () => {
    const first = await user.send('Write a function', RAMBLING);
    const [second, third] = [await user.send('Two'), await user.send('Three')];
    await user.until(() => user.texts.some(({ turnId }) => turnId === first));
    await forget(second);
    expect(user.turns.get(first)?.state).toBe('running');
    expect(user.forgotten).toEqual([{ turnId: second }]);
    await user.connection.request('stop', { address: ADDRESS });
    await user.settled(third);
    expect(user.turns.get(second)?.state).toBe('queued');
    expect(await user.held()).toEqual(['sink', first, third]);
  });

  it('that is being answered stops it; nobody hears of it any more, also when it is asked twice', async () => {
    const first = await user.send('Write a function', RAMBLING);
    const second = await user.send('Two');
    await user.until(() => user.texts.some(({ turnId }) => turnId === first));
    await Promise.all([forget(first), forget(first)]);
    expect(user.forgotten).toEqual([{ turnId: first }]);
    await user.settled(second);
    expect(await user.held()).toEqual(['sink', second]);
    expect(await messages()).toEqual(['Two']);
    expect(user.ghosts).toEqual([]);
  });

  it('that is not there does nothing', async () => {
    await user.askAndSettle('Hello');
    await forget(7);
    expect(await messages()).toEqual(['Hello']);
    expect(user.forgotten).toEqual([]);
  });
});
