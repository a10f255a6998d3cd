import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomOperations, type Operation } from '../../../src/bench/oracle/operations.ts';
import { askOracle, type OracleAnswer, type OracleQuestion } from '../../../src/bench/oracle/oracle.ts';
import { streamingPolicy, windowPolicy, type CachePolicy } from '../../../src/engine/cache/policy.ts';
import type { LoadedModel } from '../../../src/engine/model/loaded-model.ts';
import type { Segment, TokenRange } from '../../../src/shared/cache-layout.ts';
import { keepingTextPositions, oneKeyNotRotated, shiftedOneTooFar } from './broken-sequences.ts';
import { EXACT, loadZooModel, ONE_EVICTION, questionTo, WRONG } from './zoo-model.ts';

const CHUNK = 16;
const streaming = streamingPolicy(CHUNK);

/** The policy with a change to each of the ranges it evicts. */
function withRanges(change: (range: TokenRange) => TokenRange): CachePolicy {
  return {
    ...streaming,
    evict: (...about) =>
      streaming
        .evict(...about)
        .map(change)
        .filter(isSomething),
  };
}

const isSomething = ({ start, end }: TokenRange): boolean => start < end;

/** The policy with a wrong idea of the conversation. */
function withSegments(change: (segments: readonly Segment[]) => readonly Segment[]): CachePolicy {
  return { ...streaming, evict: (segments, ...limits) => streaming.evict(change(segments), ...limits) };
}

const newestFirst = (segments: readonly Segment[]): readonly Segment[] => [
  ...segments.filter(({ kind }) => kind === 'sink'),
  ...segments.filter(({ kind }) => kind === 'turn').toReversed(),
];

const asTurn = (segment: Segment): Segment => ({ ...segment, kind: 'turn' });

let loaded: LoadedModel;
beforeAll(async () => {
  loaded = await loadZooModel('llama');
});
afterAll(() => loaded.dispose());

/** A turn that becomes too long for the cache, and then whatever happens. */
const OPERATIONS: readonly Operation[] = [
  { kind: 'append', tokens: 60 },
  { kind: 'generate', entering: 8, tokens: 24 },
  { kind: 'generate', entering: 8, tokens: 24 },
  { kind: 'append', tokens: 12 },
  { kind: 'pin', turn: 1 },
  { kind: 'append', tokens: 60 },
  { kind: 'append', tokens: 60 },
  ...randomOperations(30, 1),
];

function ask(mutation: Partial<OracleQuestion>): Promise<OracleAnswer> {
  return askOracle({ ...questionTo(loaded), operations: OPERATIONS, ...mutation });
}

describe('the check', () => {
  it('passes the cache as it is', async () => {
    const answer = await ask({});
    expect(answer.kl).toBeLessThanOrEqual(EXACT);
    expect(answer).toMatchObject({ misplaced: 0, decodedAgain: 0 });
    expect(answer.evictions).toBeGreaterThan(4);
  });

  it.each([
    ['protects no sinks', windowPolicy(CHUNK)],
    ['protects one sink too few', withRanges(({ start, end }) => ({ start: start - 1, end }))],
    ['begins one token too late', withRanges(({ start, end }) => ({ start: start + 1, end }))],
    ['ends one token too early', withRanges(({ start, end }) => ({ start, end: end - 1 }))],
    ['ends one token too late', withRanges(({ start, end }) => ({ start, end: end + 1 }))],
    ['lets the newest turns go first', withSegments(newestFirst)],
    [
      'evicts what is pinned',
      withSegments((segments) => segments.map((segment) => (segment.kind === 'pinned' ? asTurn(segment) : segment))),
    ],
    ['keeps no header of the answer', withSegments((segments) => segments.map((segment) => ({ ...segment, answerHeader: 0 })))],
    ['keeps no header', withSegments((segments) => segments.map((segment) => ({ ...segment, header: 0 })))],
  ])('notices a policy that %s, by the tokens that are left', async (_mutation, policy) => {
    // A policy that frees too little may also be refused by the cache itself.
    const misplaced = await ask({ rolling: { policy, sinks: 4, header: 2, answerHeader: 3 } }).then(
      (answer) => answer.misplaced,
      () => Infinity,
    );
    expect(misplaced).toBeGreaterThan(0);
  });

  it.each([
    ['one key is not rotated', oneKeyNotRotated],
    ['keys are shifted one position too far', shiftedOneTooFar],
    ['positions stay as they were in the text', keepingTextPositions],
  ])('notices that %s, by what the model says next', async (_mutation, throughSequence) => {
    const answer = await ask({ throughSequence, operations: ONE_EVICTION });
    expect(answer.kl).toBeGreaterThan(WRONG);
    expect(answer.misplaced).toBe(0);
  });

  it('notices a cache that is computed anew in place of rolling, by what is decoded', async () => {
    const answer = await ask({ rolling: { policy: { ...streaming, remaining: 'recompute' }, sinks: 4, header: 2, answerHeader: 3 } });
    expect(answer.kl).toBeLessThanOrEqual(EXACT);
    expect(answer.decodedAgain).toBeGreaterThan(0);
  });
});
