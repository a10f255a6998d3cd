import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Suggester, type Ask } from '../../../../src/shared/completion/suggester.ts';
import type { CompletionPlace, CompletionResult } from '../../../../src/shared/protocol/completion.ts';

const never = new AbortController().signal;

function at(before: string, explicit = false): CompletionPlace {
  return { repository: 'r', path: 'a.ts', before, after: '\n', explicit };
}

function says(text: string, more: Partial<CompletionResult> = {}): CompletionResult {
  return { outcome: text ? 'suggested' : 'silent', text, alternatives: [], ...more };
}

/** What the model was asked: the text before each place, and whether somebody waited for it. */
const asked = (ask: ReturnType<typeof vi.fn<Ask>>): readonly string[] =>
  ask.mock.calls.map(([{ before }, { ahead }]) => (ahead ? `ahead: ${before}` : before));

describe('between the keys and the model', () => {
  let ask: ReturnType<typeof vi.fn<Ask>>;
  let suggester: Suggester;
  beforeEach(() => {
    vi.useFakeTimers();
    ask = vi.fn<Ask>();
    suggester = new Suggester(ask);
  });
  afterEach(() => vi.useRealTimers());

  async function suggest(before: string, signal = never, explicit = false): ReturnType<Suggester['suggest']> {
    const suggestion = suggester.suggest(at(before, explicit), signal);
    await vi.runAllTimersAsync();
    return suggestion;
  }

  it('the model is asked after a moment, and says what stands there', async () => {
    ask.mockResolvedValueOnce(says('swer')).mockResolvedValue(says(''));
    const suggestion = suggester.suggest(at('an'), never);
    expect(ask).not.toHaveBeenCalled();
    await vi.runAllTimersAsync();
    expect(await suggestion).toEqual({ decision: 'suggested', texts: ['swer'] });
  });

  it('what follows a suggestion is asked for ahead, once', async () => {
    ask.mockResolvedValueOnce(says('swer')).mockResolvedValueOnce(says('\nnext'));
    await suggest('an');
    expect(asked(ask)).toEqual(['an', 'ahead: answer']);
    expect(await suggest('ans')).toEqual({ decision: 'known', texts: ['wer'] });
    expect(asked(ask)).toHaveLength(2);
    ask.mockResolvedValueOnce(says('\nthird'));
    expect(await suggest('answer')).toEqual({ decision: 'known', texts: ['\nnext'] });
    expect(asked(ask).at(-1)).toBe('ahead: answer\nnext');
  });

  it('what is known is not asked for again, also when it is nothing', async () => {
    ask.mockResolvedValue(says(''));
    expect((await suggest('a')).decision).toBe('silent');
    expect(await suggest('a')).toEqual({ decision: 'known-nothing', texts: [] });
    expect(ask).toHaveBeenCalledOnce();
  });

  it('a key that another follows at once does not reach the model', async () => {
    const stop = new AbortController();
    const suggestion = suggester.suggest(at('a'), stop.signal);
    stop.abort();
    await vi.runAllTimersAsync();
    expect(await suggestion).toEqual({ decision: 'cancelled', texts: [] });
    expect(await suggest('a', stop.signal)).toEqual({ decision: 'cancelled', texts: [] });
    expect(ask).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('who asks with a key asks at once, also for what is known, and gets more', async () => {
    ask.mockResolvedValueOnce(says('swer')).mockResolvedValueOnce(says(''));
    await suggest('an');
    ask.mockResolvedValueOnce(says('swer', { alternatives: ['chor'] }));
    const suggestion = suggester.suggest(at('an', true), never);
    expect(ask).toHaveBeenCalledTimes(3);
    expect(await suggestion).toEqual({ decision: 'suggested', texts: ['swer', 'chor'] });
  });

  it('what failed or was superseded is asked for again', async () => {
    ask
      .mockResolvedValueOnce(undefined)
      .mockResolvedValueOnce(says('', { outcome: 'superseded' }))
      .mockResolvedValue(says(''));
    expect((await suggest('a')).decision).toBe('engine-failed');
    expect((await suggest('a')).decision).toBe('superseded');
    expect((await suggest('a')).decision).toBe('silent');
  });

  it('a slow model is given more time before it is asked', async () => {
    const stats = { reused: 0, evaluated: 1, generated: 1, frameKept: true, firstTokenMs: 1, totalMs: 500 };
    ask.mockResolvedValue(says('', { stats }));
    await suggest('a');
    // Who asks with a key waits for more, which says nothing of the next key.
    ask.mockResolvedValueOnce(says('', { stats: { ...stats, totalMs: 6_000 } }));
    await suggest('a', never, true);
    ask.mockClear();
    ask.mockResolvedValue(says('', { stats }));
    const suggestion = suggester.suggest(at('b'), never);
    await vi.advanceTimersByTimeAsync(149);
    expect(ask).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(ask).toHaveBeenCalledOnce();
    await suggestion;
  });

  it('nothing is known any more when the model is another, not even what is being asked', async () => {
    const answer = Promise.withResolvers<CompletionResult>();
    ask.mockReturnValueOnce(answer.promise).mockResolvedValue(says(''));
    const suggestion = suggester.suggest(at('a'), never);
    await vi.runAllTimersAsync();
    suggester.reset();
    answer.resolve(says(' = 1;'));
    await suggestion;
    expect((await suggest('a')).decision).toBe('silent');
  });
});
