import { expect, it } from 'vitest';
import { fill, type FilledList } from '../../../../src/extension/models/filling.ts';

/** A list that was opened with one entry. As in VS Code the first entry is active whenever others are put in. */
class List implements FilledList<string> {
  activeItems: readonly string[] = ['own'];
  #items: readonly string[] = ['own'];
  readonly #filled: PromiseWithResolvers<void>[] = [];

  get items(): readonly string[] {
    return this.#items;
  }

  set items(items: readonly string[]) {
    this.#items = items;
    this.activeItems = items.slice(0, 1);
    this.#filled.shift()?.resolve();
  }

  /** Settles with the next entries. */
  next(): Promise<void> {
    const filled = Promise.withResolvers<void>();
    this.#filled.push(filled);
    return filled.promise;
  }
}

it('what is found stands in the list at once, below what is there, and leaves alone what is chosen', async () => {
  const [catalogue, local] = [Promise.withResolvers<readonly string[]>(), Promise.withResolvers<readonly string[]>()];
  const list = new List();
  const [first, filled] = [list.next(), fill(list, [catalogue.promise, local.promise])];
  local.resolve(['a', 'b']);
  await first;
  expect(list.items).toEqual(['own', 'a', 'b']);
  list.activeItems = ['b'];
  catalogue.resolve(['c']);
  await expect(filled).resolves.toEqual([]);
  expect(list).toMatchObject({ items: ['own', 'a', 'b', 'c'], activeItems: ['b'] });
});

it('what cannot be found is told, and the rest is there all the same', async () => {
  const [list, failure] = [new List(), new Error('no engine')];
  await expect(fill(list, [Promise.reject(failure), Promise.resolve(['a'])])).resolves.toEqual([failure]);
  expect(list.items).toEqual(['own', 'a']);
});
