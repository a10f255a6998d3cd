import { describe, expect, test } from 'vitest';
import type { Turn } from '../../../src/shared/protocol/turn.ts';
import { withText, withoutTurn, withTurns } from '../../../src/shared/turns.ts';

const turn = (id: number, answer = ''): Turn => ({ id, createdAt: id, section: 0, state: 'running', message: `message ${id}`, answer });
const idsOf = (turns: readonly Turn[]): number[] => turns.map(({ id }) => id);

describe('the turns of a conversation', () => {
  test('take new ones at their places', () => {
    expect(idsOf(withTurns([turn(1), turn(4)], [turn(3), turn(2)]))).toEqual([1, 2, 3, 4]);
  });

  test('replace one that has changed', () => {
    expect(withTurns([turn(1), turn(2)], [turn(1, 'new')])).toEqual([turn(1, 'new'), turn(2)]);
  });

  test('drop one that is forgotten', () => {
    expect(idsOf(withoutTurn([turn(1), turn(2)], { turnId: 2 }))).toEqual([1]);
  });

  test('take a piece of an answer once, also when it is told twice', () => {
    const once = withText([turn(1, 'one ')], { turnId: 1, offset: 4, text: 'two' });
    expect(once[0]?.answer).toBe('one two');
    expect(withText(once, { turnId: 1, offset: 4, text: 'two' })).toEqual(once);
  });

  test('take no piece beyond a gap: the whole turn will come', () => {
    expect(withText([turn(1, 'one ')], { turnId: 1, offset: 9, text: 'three' })).toEqual([turn(1, 'one ')]);
  });

  test('keep what has not changed the same object', () => {
    const [first, second] = [turn(1), turn(2)];
    expect(withText([first, second], { turnId: 2, offset: 0, text: 'x' })[0]).toBe(first);
  });
});
