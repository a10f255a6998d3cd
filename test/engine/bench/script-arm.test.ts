import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TurnCost } from '../../../src/bench/arms/chat-arm.ts';
import { ChatSessionArm } from '../../../src/bench/arms/chat-session-arm.ts';
import { StreamingArm } from '../../../src/bench/arms/streaming-arm.ts';
import { ScriptArm, type ScriptName } from '../../../src/bench/arms/script-arm.ts';
import type { LoadedModel } from '../../../src/engine/model/loaded-model.ts';
import { loadBundledModel } from '../bundled-model.ts';

const WINDOW = 512;
const ANSWER = 8;
const SYSTEM = 'You are Endless.';
let loaded: LoadedModel;
beforeAll(async () => {
  loaded = await loadBundledModel(WINDOW);
});
afterAll(() => loaded.dispose());

/** Prompts processed from the first turn on, in a history that outgrows the window. */
async function converse(name: ScriptName): Promise<readonly TurnCost[]> {
  const arm = await ScriptArm.open(name, loaded, ANSWER);
  await arm.begin(SYSTEM);
  const turns: TurnCost[] = [];
  for (let turn = 1; turn <= 40; turn++) turns.push(await arm.turn(`What does function ${String(turn % 10)} do?`));
  await arm.dispose();
  return turns;
}

/** Turns in which more was decoded than the turn before left open and this one added. */
function processedAgain(turns: readonly TurnCost[]): readonly number[] {
  return turns.flatMap(({ decoded, newTokens }, at) => (decoded > 2 * newTokens ? [at] : []));
}

describe('a history that is truncated', () => {
  it('costs what is new until the window is full', async () => {
    const first = processedAgain(await converse('truncate-every-turn'))[0] ?? NaN;
    expect(first).toBeGreaterThan(5);
  });

  it('is processed again in every turn from then on', async () => {
    const turns = await converse('truncate-every-turn');
    const again = processedAgain(turns);
    expect(again.length).toBeGreaterThan(10);
    expect(again).toEqual(Array.from({ length: again.length }, (_, at) => turns.length - again.length + at));
  });

  it('is processed again only now and then when a tenth goes at once', async () => {
    const again = processedAgain(await converse('truncate-a-tenth'));
    expect(again.length).toBeGreaterThan(3);
    for (const [at, turn] of again.slice(1).entries()) expect(turn - (again[at] ?? NaN)).toBeGreaterThan(1);
  });

  it('never holds more than the window', async () => {
    for (const { used } of await converse('truncate-a-tenth')) expect(used).toBeLessThanOrEqual(WINDOW);
  });
});

describe('a script that rolls', () => {
  it('never decodes what it has decoded before', async () => {
    const turns = await converse('rolling-script');
    expect(processedAgain(turns)).toEqual([]);
    expect(turns.reduce((sum, { newTokens }) => sum + newTokens, 0)).toBeGreaterThan(WINDOW);
    for (const { used } of turns) expect(used).toBeLessThanOrEqual(WINDOW);
  });
});

describe('a conversation that begins with past turns', () => {
  const past = [1, 2, 3].map((id) => ({ id, message: `Write test ${String(id)}.`, answer: 'It is written below.' }));

  it.each([
    ['streaming', async () => new StreamingArm(loaded, ANSWER)],
    ['truncate-every-turn', async () => ScriptArm.open('truncate-every-turn', loaded, ANSWER)],
    ['LlamaChatSession', async () => ChatSessionArm.open(loaded, ANSWER)],
  ] as const)('has them in the cache and does not decode them in its first turn (%s)', async (_name, open) => {
    const arm = await open();
    await arm.begin(SYSTEM, past);
    const turn = await arm.turn('Now write another one.');
    await arm.dispose();
    const pastTokens = past.flatMap(({ message, answer }) => loaded.chat.pastTurn(message, answer, 'afterTurn').tokens);
    expect(turn.decoded).toBeLessThanOrEqual(turn.newTokens + 1);
    expect(turn.used).toBeGreaterThanOrEqual(pastTokens.length + turn.decoded);
  });
});
