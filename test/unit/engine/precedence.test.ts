import { describe, expect, it, vi } from 'vitest';
import { Precedence } from '../../../src/engine/precedence.ts';

describe('precedence', () => {
  it('is nobody’s most of the time, so that nobody waits', () => {
    expect(new Precedence().giveWay()).toBeUndefined();
  });

  it('is kept until all that goes first is done', async () => {
    const precedence = new Precedence();
    const [one, two] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const running = [precedence.first(() => one.promise), precedence.first(() => two.promise)];
    let isClear = false;
    const clear = precedence.giveWay()?.then(() => (isClear = true));
    one.resolve('one');
    expect(await running[0]).toBe('one');
    expect(isClear).toBe(false);
    two.resolve('two');
    await clear;
    expect(precedence.giveWay()).toBeUndefined();
  });

  it('ends with a failure, too', async () => {
    const precedence = new Precedence();
    await expect(precedence.first(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(precedence.giveWay()).toBeUndefined();
  });

  it('is taken to be wanted again for ten seconds', async () => {
    vi.useFakeTimers();
    const precedence = new Precedence();
    expect(precedence.isRecent()).toBe(false);
    const work = Promise.withResolvers<void>();
    const running = precedence.first(() => work.promise);
    expect(precedence.isRecent()).toBe(true);
    work.resolve();
    await running;
    vi.advanceTimersByTime(9_999);
    expect(precedence.isRecent()).toBe(true);
    vi.advanceTimersByTime(1);
    expect(precedence.isRecent()).toBe(false);
    vi.useRealTimers();
  });
});
