import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Publisher, type Broadcast } from '../../../src/engine/conversation/publisher.ts';
import type { Activity, Status } from '../../../src/shared/protocol/status.ts';

const ADDRESS = { conversationId: 'demo' };

/** A publisher with what it has told, and a figure that goes into its status. */
function publisherWith() {
  const figures = { evictedUpTo: 0 };
  const told: Status[] = [];
  const broadcast = ((name: string, params: { status: Status }) => {
    if (name === 'status') told.push(params.status);
  }) as Broadcast;
  const publisher: Publisher = new Publisher(ADDRESS, broadcast, () => statusOf(publisher.activity, figures.evictedUpTo));
  return { publisher, told, figures };
}

function statusOf(activity: Activity, evictedUpTo: number): Status {
  const counters = { tokensToday: 0, evictedToday: 0, evictionsToday: 0, rebuildsToday: 0, appendedTokens: 0, decodedTokens: 0 };
  return { activity, stats: { ...counters, tokensPerSecond: 0, firstTokenMs: 0, promptTokensPerSecond: 0 }, evictedUpTo, section: 0 };
}

describe('the status', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => vi.useRealTimers());

  it('is told once while nothing in it changes', () => {
    const { publisher, told, figures } = publisherWith();
    for (let i = 0; i < 5; i++) publisher.rest();
    vi.advanceTimersByTime(1000);
    expect(told).toHaveLength(1);
    figures.evictedUpTo = 3;
    publisher.rest();
    expect(told.map(({ evictedUpTo }) => evictedUpTo)).toEqual([0, 3]);
  });

  it('is told at once after a while without one', () => {
    const { publisher, told } = publisherWith();
    publisher.become({ kind: 'aside' });
    vi.advanceTimersByTime(100);
    publisher.become({ kind: 'generating', turnId: 1 });
    expect(told.map(({ activity }) => activity.kind)).toEqual(['aside', 'generating']);
  });

  it('is told ten times a second at most, whatever changes, and the last of it in the end', () => {
    const { publisher, told, figures } = publisherWith();
    for (let token = 1; token <= 990; token++) {
      figures.evictedUpTo = token;
      publisher.become(token % 2 === 0 ? { kind: 'aside' } : { kind: 'generating', turnId: 1 });
      vi.advanceTimersByTime(1);
    }
    publisher.rest();
    vi.advanceTimersByTime(1000);
    expect(told.length).toBeLessThanOrEqual(11);
    expect(told.at(-1)).toMatchObject({ activity: { kind: 'idle' }, evictedUpTo: 990 });
  });

  it('is told again when somebody has been told another one meanwhile', () => {
    const { publisher, told } = publisherWith();
    publisher.rest();
    publisher.tellsAnew();
    publisher.rest();
    vi.advanceTimersByTime(100);
    expect(told).toHaveLength(2);
  });
});
