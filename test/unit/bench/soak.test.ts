import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryGrowth, soakChecks, soakResults } from '../../../src/bench/soak/results.ts';
import { passagesOf, tenthOf } from '../../../src/bench/soak/schedule.ts';
import { newState, readState, writeState, type Memory, type SoakState, type Tally } from '../../../src/bench/soak/state.ts';

const words = (text: string): number => text.split(/\s+/).filter(Boolean).length;

describe('the passages of a soak', () => {
  it('are cut at line ends and are never too short', () => {
    expect(passagesOf('a b\nc d\ne\nf g h\ni', 3, 9, words)).toEqual(['a b\nc d', 'e\nf g h']);
  });

  it('are without those that a long line has made too long', () => {
    expect(passagesOf('a b c d e f\ng h i', 3, 5, words)).toEqual(['g h i']);
  });

  it('are said again and again until a tenth is full, always from the first', () => {
    expect(tenthOf(['a b', 'c d e'], 11, words)).toEqual(['a b', 'c d e', 'a b', 'c d e', 'a b']);
  });
});

describe('the state of a soak', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'endless-soak-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('comes back from its file', () => {
    const path = join(folder, 'state.json');
    const state = { ...newState('one'), turns: 7, answers: ['yes'] };
    writeState(path, state);
    expect(readState(path, 'one')).toEqual(state);
  });

  it('begins anew where there is no file, and is not written where none was named', () => {
    expect(readState(join(folder, 'nowhere'), 'one')).toEqual(newState('one'));
    writeState('', newState('one'));
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });

  it('is refused when it belongs to another run, or is something else', () => {
    const path = join(folder, 'state.json');
    writeState(path, newState('one'));
    expect(() => readState(path, 'two')).toThrow('belongs to another run');
    writeFileSync(path, '{"turns": 3}');
    expect(() => readState(path, 'one')).toThrow('is no state of a soak');
  });
});

describe('the checks of a soak', () => {
  const TURNS = 5;
  const tenth: Tally = {
    turns: TURNS,
    tokens: 100,
    generated: 1,
    scored: 90,
    logProbability: -90 * Math.log(20),
    ms: 50,
    cpuMs: 40,
    evictions: 2,
    decodedAgain: 0,
  };
  const memory = (rssBytes: number, at: number, turns = TURNS): Memory => ({ tenth: at, turns, rssBytes, peakRssBytes: rssBytes });
  const flat: SoakState = {
    ...newState('run'),
    turns: 10 * TURNS,
    tenths: Array.from({ length: 10 }, () => tenth),
    lives: [Array.from({ length: 10 }, (_, at) => memory(100, at))],
    fewestHeld: 0.5,
  };
  const failing = (changes: Partial<SoakState>): readonly string[] =>
    soakChecks({ ...flat, ...changes }, { messages: Array.from({ length: TURNS }, () => '') }, 1000)
      .filter(({ holds }) => !holds)
      .map(({ name }) => name);
  const lastTenth = (changes: Partial<Tally>): SoakState['tenths'] => [...flat.tenths.slice(0, -1), { ...tenth, ...changes }];

  it('hold for a conversation that stays as it is', () => {
    expect(failing({})).toEqual([]);
    expect(soakResults(flat)[9]).toMatchObject({ tenth: 10, msPerToken: 0.5, rssBytes: 100, life: 1 });
    expect(soakResults(flat)[9]?.perplexity).toBeCloseTo(20);
  });

  it.each<[string, Partial<SoakState>]>([
    ['tokens of', { tenths: lastTenth({ tokens: 99 }) }],
    ['perplexity', { tenths: lastTenth({ logProbability: -90 * Math.log(21.1) }) }],
    ['perplexity', { tenths: lastTenth({ logProbability: -90 * Math.log(18.9) }) }],
    ['ms per token', { tenths: lastTenth({ ms: 53 }) }],
    ['growth of', { lives: [[...flat.lives[0]!.slice(0, -1), memory(104, 9)]] }],
    ['tokens decoded', { tenths: lastTenth({ decodedAgain: 1 }) }],
    ['fewest tokens', { fewestHeld: 0.1 }],
    ['tokens generated', { tenths: lastTenth({ generated: 20 }) }],
  ])('fail with "%s" when it does not', (name, changes) => {
    const failed = failing(changes);
    expect(failed).toHaveLength(1);
    expect(failed[0]).toContain(name);
  });

  it('compare memory within one process only, and only whole tenths', () => {
    const lives = [
      [memory(50, 0), memory(51, 1, 2)],
      [memory(90, 1, 3), memory(100, 2), memory(101, 3), memory(102, 4)],
    ];
    expect(memoryGrowth(lives, TURNS)).toBeCloseTo(0.02);
    expect(memoryGrowth([[memory(50, 0)]], TURNS)).toBeNaN();
  });

  it('do not care that the first tenth, with its empty cache, is worse', () => {
    expect(failing({ tenths: [{ ...tenth, ms: 90, logProbability: -300 }, ...flat.tenths.slice(1)] })).toEqual([]);
  });
});
