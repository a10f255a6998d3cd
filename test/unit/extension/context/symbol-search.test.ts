import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PATIENCE_MS, SymbolSearch } from '../../../../src/extension/context/symbol-search.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = (): Promise<readonly string[]> => new Promise(() => undefined);

/** A search in a language that answers as a test says, and what it was asked for. */
function searching(answer: (query: string) => Promise<readonly string[]>) {
  const asked: string[] = [];
  const search = new SymbolSearch((query) => {
    asked.push(query);
    return answer(query);
  });
  return { search, asked };
}

test('a language that never answers is not waited for, and the next one is asked all the same', async () => {
  const { search, asked } = searching((query) => (query === 'first' ? never() : Promise.resolve([query])));
  const first = search.ask('first');
  await vi.advanceTimersByTimeAsync(PATIENCE_MS - 1);
  const second = search.ask('second');
  expect(asked).toEqual(['first']);
  await vi.advanceTimersByTimeAsync(1);
  expect([await first, await second]).toEqual([[], ['second']]);
  expect(vi.getTimerCount()).toBe(0);
});

test('of the queries that wait only the newest is looked for', async () => {
  let answer: (found: readonly string[]) => void = () => undefined;
  const { search, asked } = searching((query) => (query === 'a' ? new Promise((resolve) => (answer = resolve)) : Promise.resolve([query])));
  const first = search.ask('a');
  await vi.advanceTimersByTimeAsync(0);
  const later = ['ab', 'abc'].map((query) => search.ask(query));
  answer(['A']);
  expect(await Promise.all([first, ...later])).toEqual([['A'], [], ['abc']]);
  expect(asked).toEqual(['a', 'abc']);
});

test('a language that fails has no symbols', async () => {
  const { search } = searching(() => Promise.reject(new Error('no')));
  expect([await search.ask('a'), await search.ask('b')]).toEqual([[], []]);
});
