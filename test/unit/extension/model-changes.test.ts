import { beforeEach, expect, it } from 'vitest';
import { ModelChanges } from '../../../src/extension/models/model-changes.ts';

/** A change that goes on until it is told how it has ended. */
class Change {
  readonly #ends = Promise.withResolvers<boolean>();
  former = '';
  signal: AbortSignal | undefined;

  readonly run = (former: string, signal: AbortSignal): Promise<boolean> => {
    [this.former, this.signal] = [former, signal];
    return this.#ends.promise;
  };

  readonly end = this.#ends.resolve;
}

let changes: ModelChanges;
let first: Change;
let second: Change;

beforeEach(() => {
  changes = new ModelChanges();
  [first, second] = [new Change(), new Change()];
});

it('a change is ended by the next one, which goes back to what was in use before either', async () => {
  const one = changes.run('chat', '/old.gguf', first.run);
  const two = changes.run('chat', '/one.gguf', second.run);
  expect([first.signal?.aborted, second.signal?.aborted]).toEqual([true, false]);
  expect(second.former).toBe('/old.gguf');
  first.end(false);
  await expect(one).resolves.toBe(false);
  expect(changes.isRunning('chat')).toBe(true);
  second.end(true);
  await expect(two).resolves.toBe(true);
  expect(changes.isRunning('chat')).toBe(false);
});

it('what has ended is nothing to go back to', async () => {
  first.end(true);
  await changes.run('chat', '/old.gguf', first.run);
  void changes.run('chat', '/one.gguf', second.run);
  expect(second.former).toBe('/one.gguf');
});

it('the chat and completions change each by itself', () => {
  void changes.run('chat', '/old.gguf', first.run);
  void changes.run('completions', '', second.run);
  expect(first.signal?.aborted).toBe(false);
  expect(second.former).toBe('');
});

it('a change that fails is under way no longer', async () => {
  await expect(changes.run('chat', '', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(changes.isRunning('chat')).toBe(false);
});
