import { describe, expect, it } from 'vitest';
import { Queue } from '../../../src/engine/queue.ts';

describe('a queue', () => {
  it('does one thing at a time, in order, whatever becomes of each', async () => {
    const queue = new Queue();
    const done: number[] = [];
    const first = queue.run(async () => {
      await Promise.resolve();
      done.push(1);
      throw new Error('lost');
    });
    const second = queue.run(async () => done.push(2));
    await expect(first).rejects.toThrow('lost');
    await second;
    expect(done).toEqual([1, 2]);
  });

  it('tells those who wait how many go before, whenever that changes', async () => {
    const queue = new Queue();
    const gate = Promise.withResolvers<void>();
    const told: number[] = [];
    const first = queue.run(() => gate.promise);
    const second = queue.run(async () => undefined);
    const third = queue.run(
      async () => undefined,
      (ahead) => told.push(ahead),
    );
    expect(told).toEqual([2]);
    gate.resolve();
    await Promise.all([first, second, third]);
    expect(told).toEqual([2, 1]);
  });

  it('tells nothing to who need not wait', async () => {
    const told: number[] = [];
    await new Queue().run(
      async () => undefined,
      (ahead) => told.push(ahead),
    );
    expect(told).toEqual([]);
  });

  it.each(['before it is asked for', 'while it waits'] as const)('lets go at once who is told to %s', async (when) => {
    const queue = new Queue();
    const gate = Promise.withResolvers<void>();
    const running = queue.run(() => gate.promise);
    const controller = new AbortController();
    if (when === 'before it is asked for') controller.abort();
    const waiting = queue.runUnless(
      controller.signal,
      async () => 'done',
      () => 'gone',
    );
    controller.abort();
    expect(await waiting).toBe('gone');
    gate.resolve();
    await running;
  });

  it('leaves it to the work what is to become of it once it has begun', async () => {
    const controller = new AbortController();
    const begun = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const work = new Queue().runUnless(
      controller.signal,
      async () => {
        begun.resolve();
        await gate.promise;
        return 'done';
      },
      () => 'gone',
    );
    await begun.promise;
    controller.abort();
    gate.resolve();
    expect(await work).toBe('done');
  });

  it('lets go first what is short', async () => {
    const queue = new Queue();
    const done: string[] = [];
    const work = (name: string) => async (): Promise<unknown> => done.push(name);
    await Promise.all([queue.run(work('a')), queue.run(work('b')), queue.runNext(work('c')), queue.runNext(work('d'))]);
    expect(done).toEqual(['a', 'c', 'd', 'b']);
  });

  it('does what nobody waits for when there is nothing else to do, and has it make way', async () => {
    const queue = new Queue();
    const done: string[] = [];
    const begun = Promise.withResolvers<void>();
    const idly = queue.runIdly(async (signal) => {
      begun.resolve();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      done.push('made way');
    });
    await begun.promise;
    const later = queue.runIdly(async (signal) => done.push(`idly ${String(signal.aborted)}`));
    const told: number[] = [];
    const first = queue.run(
      async () => done.push('first'),
      (ahead) => told.push(ahead),
    );
    await Promise.all([idly, later, first]);
    expect(done).toEqual(['made way', 'first', 'idly false']);
    expect(told).toEqual([]);
  });

  it('that is given work which throws at once goes on', async () => {
    const queue = new Queue();
    const thrown = queue.run(() => {
      throw new Error('at once');
    });
    await expect(thrown).rejects.toThrow('at once');
    expect(await queue.run(async () => 'on')).toBe('on');
  });
});
