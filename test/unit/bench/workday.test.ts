import { describe, expect, it } from 'vitest';
import { summaryOf, workdayChecks, type WorkdayResult } from '../../../src/bench/recall/workday-run.ts';

const result = (isAnswerable: boolean, recalled: number, helpful: number): WorkdayResult => ({
  message: '',
  isAnswerable,
  recalled: Array.from({ length: recalled }, () => 'turn'),
  helpful,
});

const times = (count: number, one: WorkdayResult): readonly WorkdayResult[] => Array.from({ length: count }, () => one);
const HELPED = times(40, result(true, 1, 1));

/** Names of the checks that fail. */
const failing = (results: readonly WorkdayResult[]): readonly string[] =>
  workdayChecks(summaryOf(results)).flatMap(({ name, holds }) => (holds ? [] : [name]));

describe('the checks of a working day', () => {
  it('hold where some messages are given what is of no use', () => {
    expect(failing([...HELPED, ...times(2, result(true, 1, 0)), ...times(2, result(false, 1, 0))])).toEqual([]);
  });

  it('fail where too many are given only what is of no use', () => {
    expect(failing([...HELPED, ...times(5, result(true, 1, 0))])).toEqual(['working day: messages given only useless passages']);
  });

  it('fail where too many are given something that nothing helps', () => {
    expect(failing([...HELPED, ...times(3, result(false, 1, 0))])).toEqual(['working day: messages that nothing helps, given something']);
  });

  it('fail where too little is recalled that helps', () => {
    expect(failing([...HELPED, ...times(8, result(true, 0, 0))])).toEqual(['working day: answerable messages helped, part']);
    expect(failing(times(40, result(true, 3, 2)))).toEqual(['working day: passages that help, part']);
  });
});
