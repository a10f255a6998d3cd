import { describe, expect, it } from 'vitest';
import { flatnessChecks, gainChecks, type TurnResult } from '../../../src/bench/programs/ttft-results.ts';

const TURNS = 30;
/** The window is full from this turn on. */
const FULL_FROM = 12;

function conversation(arm: string, firstTokenMs: (turn: number) => number, change: Partial<TurnResult> = {}): readonly TurnResult[] {
  return Array.from({ length: TURNS }, (_, at) => {
    const turn = at + 1;
    const cost = { newTokens: 40, decoded: 40, firstTokenMs: firstTokenMs(turn), firstTokenCpuMs: 1, settleMs: 1, turnMs: 2, used: 100 };
    return { arm, conversation: 1, turn, ...cost, textTokens: 40 * turn, full: turn >= FULL_FROM, ...change };
  });
}

const holds = (checks: readonly { readonly holds: boolean }[]): readonly boolean[] => checks.map((one) => one.holds);

describe('the checks of the rolling cache by itself', () => {
  it('hold when it is flat and decodes nothing twice', () => {
    expect(
      holds(
        flatnessChecks(
          conversation('streaming', () => 10),
          TURNS,
        ),
      ),
    ).toEqual([true, true, true]);
  });

  it('fail when late turns are slow', () => {
    expect(
      holds(
        flatnessChecks(
          conversation('streaming', (turn) => turn),
          TURNS,
        ),
      ),
    ).toEqual([true, true, false]);
  });

  it('fail when anything is decoded again', () => {
    expect(
      holds(
        flatnessChecks(
          conversation('streaming', () => 10, { decoded: 41 }),
          TURNS,
        ),
      ),
    ).toEqual([true, false, true]);
  });

  it('fail when the window was hardly ever full', () => {
    expect(
      holds(
        flatnessChecks(
          conversation('streaming', () => 10, { full: false }),
          TURNS,
        ),
      ),
    ).toEqual([false, true, true]);
  });
});

describe('the checks against truncating', () => {
  const nowAndThen = conversation('truncate-a-tenth', (turn) => (turn % 4 === 0 ? 100 : 9));
  const everyTurn = conversation('truncate-every-turn', () => 120);
  const script = conversation('rolling-script', () => 12);

  it('hold when streaming is ten times as fast as one and better on the whole than the other', () => {
    const measured = [...conversation('streaming', () => 10), ...everyTurn, ...nowAndThen, ...script];
    expect(holds(gainChecks(measured))).toEqual([true, true, true, true]);
  });

  it('look only at turns after the window was full', () => {
    const ours = conversation('streaming', (turn) => (turn < FULL_FROM ? 500 : 10));
    expect(holds(gainChecks([...ours, ...everyTurn, ...nowAndThen, ...script]))).toEqual([true, true, true, true]);
  });

  it('fail one by one', () => {
    const worse = conversation('streaming', (turn) => (turn === TURNS ? 101 : 13));
    expect(holds(gainChecks([...worse, ...everyTurn, ...nowAndThen, ...script]))).toEqual([false, true, false, false]);
    const slow = conversation('streaming', () => 60);
    expect(holds(gainChecks([...slow, ...everyTurn, ...nowAndThen, ...slow]))).toEqual([false, false, true, false]);
  });

  it('fail for what was not measured', () => {
    expect(holds(gainChecks(conversation('streaming', () => 10)))).toEqual([false, false, false, false]);
  });
});
