import { expect, test } from 'vitest';
import { HistorySearch, type Found } from '../../../../src/extension/history/history-search.ts';
import { EndlessError } from '../../../../src/shared/errors.ts';
import type { SearchHit } from '../../../../src/shared/protocol/conversation.ts';

/** A search whose answers come when the test says so. */
function searching() {
  const told: Found[] = [];
  const asked: { readonly query: string; readonly answer: PromiseWithResolvers<SearchHit[]> }[] = [];
  const search = new HistorySearch(
    {
      search: (query) => {
        const answer = Promise.withResolvers<SearchHit[]>();
        asked.push({ query, answer });
        return answer.promise;
      },
    },
    (found) => told.push(found),
  );
  return { told, asked, search };
}

test('what is typed over while a query runs is never looked for', async () => {
  const { told, asked, search } = searching();
  const done = search.ask('t');
  void search.ask('to');
  void search.ask('tok');
  expect(asked.map(({ query }) => query)).toEqual(['t']);
  asked[0]!.answer.resolve([]);
  await expect.poll(() => asked.length).toBe(2);
  asked[1]!.answer.resolve([]);
  await done;
  expect(asked.map(({ query }) => query)).toEqual(['t', 'tok']);
  expect(told.map(({ query }) => query)).toEqual(['t', 'tok']);
});

test('a failure is told, and the next query is looked for', async () => {
  const { told, asked, search } = searching();
  const failing = search.ask('a');
  asked[0]!.answer.reject(new EndlessError('storage-failed'));
  await failing;
  const next = search.ask('b');
  asked[1]!.answer.resolve([]);
  await next;
  expect(told).toMatchObject([
    { query: 'a', hits: [], error: { code: 'storage-failed' } },
    { query: 'b', hits: [] },
  ]);
});
