import { describe, expect, test } from 'vitest';
import { DraftAttachments } from '../../../../src/extension/context/draft-attachments.ts';
import { PAUSE_MS, Prefill } from '../../../../src/extension/context/prefill.ts';

/** A draft, and what the engine is told of it; time passes when a test says so. */
function drafting() {
  const told: (readonly string[])[] = [];
  const problems: string[] = [];
  const engine = { isReady: true, fails: false };
  let waiting: (() => void) | undefined;
  const attachments = new DraftAttachments({
    memory: { get: () => undefined, update: async () => undefined },
    count: () => Promise.reject(new Error('nobody counts here')),
    longestMessage: () => undefined,
  });
  const prefill = new Prefill({
    attachments,
    isReady: () => engine.isReady,
    tell: async (all) => {
      told.push(all.map(({ label }) => label));
      if (engine.fails) throw new Error('full');
    },
    log: (problem) => problems.push(problem),
    after: (milliseconds, run) => {
      expect(milliseconds).toBe(PAUSE_MS);
      waiting = run;
      return () => (waiting = undefined);
    },
  });
  const pause = async (): Promise<void> => {
    const run = waiting;
    waiting = undefined;
    run?.();
    await Promise.resolve();
  };
  const add = (label: string): void => attachments.add({ kind: 'file', label, text: label, parts: [], isWhole: true });
  return { attachments, prefill, told, problems, engine, pause, add };
}

describe('reading ahead what is attached', () => {
  test('tells all of it once, a pause after the last change', async () => {
    const { add, pause, told } = drafting();
    add('a');
    add('b');
    expect(told).toEqual([]);
    await pause();
    expect(told).toEqual([['a', 'b']]);
  });

  test('tells when it is taken away again, and not what is the same', async () => {
    const { attachments, add, pause, told } = drafting();
    add('a');
    await pause();
    attachments.add({ kind: 'file', label: 'a', text: 'a', parts: [], isWhole: true });
    await pause();
    expect(told).toEqual([['a']]);
    attachments.remove(attachments.shown[0]!.key);
    await pause();
    expect(told).toEqual([['a'], []]);
  });

  test('says nothing while a message is on its way with it, and then that nothing is left', async () => {
    const { attachments, add, pause, told } = drafting();
    add('a');
    await pause();
    attachments.take('m', [attachments.shown[0]!.key]);
    await pause();
    expect(told).toEqual([['a']]);
    attachments.accepted('m');
    await pause();
    expect(told).toEqual([['a'], []]);
  });

  test('says nothing when a message brings back what is read already', async () => {
    const { attachments, add, pause, told } = drafting();
    add('a');
    await pause();
    attachments.take('m', [attachments.shown[0]!.key]);
    attachments.rejected('m');
    await pause();
    expect(told).toEqual([['a']]);
  });

  test('waits for the engine, and tells one that has just come everything', async () => {
    const { engine, prefill, add, pause, told } = drafting();
    engine.isReady = false;
    add('a');
    await pause();
    expect(told).toEqual([]);
    engine.isReady = true;
    prefill.engineCame();
    await pause();
    prefill.engineCame();
    await pause();
    expect(told).toEqual([['a'], ['a']]);
  });

  test('notes a failure and disturbs nobody', async () => {
    const { engine, add, pause, problems } = drafting();
    engine.fails = true;
    add('a');
    await pause();
    await expect.poll(() => problems).toEqual([expect.stringContaining('full')]);
  });
});
