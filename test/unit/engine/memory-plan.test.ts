import { describe, expect, it } from 'vitest';
import { ContextPlan, limitOf, type Standing } from '../../../src/engine/model/context-plan.ts';
import { firstFitting, sizesOf, type Bytes, type ContextWish } from '../../../src/engine/model/memory-plan.ts';
import type { ContextRole } from '../../../src/shared/protocol/model-facts.ts';

const MB = 1e6;

/** A memory in which each token of a context takes a megabyte of the GPU; contexts that stand have taken theirs. */
class Memory {
  free: number;
  readonly plan: ContextPlan;

  constructor(megabytes: number) {
    this.free = megabytes;
    const bytes = (tokens: number): Bytes => ({ cpuRam: 0, gpuVram: tokens * MB });
    this.plan = new ContextPlan({ needed: async (tokens) => bytes(tokens), free: async () => bytes(this.free) });
  }

  /** Opens a context as large as is planned. */
  open(wish: ContextWish, canMakeWay = true): Promise<number> {
    return this.plan.openAlone(() => this.#open(wish, canMakeWay));
  }

  async #open(wish: ContextWish, canMakeWay: boolean): Promise<number> {
    const [tokens = 0] = await this.plan.sizesFor(wish);
    this.free -= tokens;
    const makeWay = async (): Promise<boolean> => {
      if (!canMakeWay) return false;
      remove();
      this.free += tokens;
      return true;
    };
    const standing: Standing = { facts: { role: wish.role, tokens, wished: wish.tokens }, decodes: { lastAt: 0 }, makeWay };
    const remove = this.plan.add(standing);
    return tokens;
  }

  get standing(): readonly ContextRole[] {
    return this.plan.facts.map(({ role }) => role);
  }
}

describe('the sizes of a context', () => {
  it('go from what is wished down to the least', () => {
    expect(sizesOf({ role: 'chat', tokens: 8000, least: 4000 })).toEqual([8000, 7000, 6000, 5000, 4000]);
  });

  it('are not larger than what is wished where the least would be', () => {
    expect(sizesOf({ role: 'request', tokens: 100 })).toEqual([100]);
  });
});

describe('the largest size that fits', () => {
  const sizes = [8, 7, 6, 5, 4, 3, 2, 1];
  it.each([9, 8, 7, 5, 2, 1, 0])('is found where there is room for %d, without trying them all', async (room) => {
    const tried: number[] = [];
    const at = await firstFitting(sizes, async (size) => {
      tried.push(size);
      return size <= room;
    });
    expect(sizes[at] ?? 0).toBe(Math.min(room, 8));
    expect(tried.length).toBeLessThanOrEqual(4);
  });
});

describe('the plan of contexts', () => {
  it('gives each what it wishes where there is room for all, and nobody makes way', async () => {
    const memory = new Memory(20_000);
    expect(await memory.open({ role: 'request', tokens: 8000 })).toBe(8000);
    expect(await memory.open({ role: 'completion', tokens: 2000 })).toBe(2000);
    expect(await memory.open({ role: 'chat', tokens: 10_000 })).toBe(10_000);
    expect(memory.standing).toEqual(['request', 'completion', 'chat']);
  });

  it('counts what those take that are wished at the same time', async () => {
    const memory = new Memory(10_000);
    const sizes = await Promise.all([memory.open({ role: 'chat', tokens: 6_000 }), memory.open({ role: 'chat', tokens: 6_000 })]);
    expect(sizes[0]).toBe(6_000);
    expect(sizes[0] + sizes[1]).toBeLessThanOrEqual(10_000);
  });

  it('takes from requests first, from completions then, and from the chat last', async () => {
    const memory = new Memory(12_500);
    await memory.open({ role: 'request', tokens: 8000 });
    expect(await memory.open({ role: 'completion', tokens: 2000 })).toBe(2000);
    expect(await memory.open({ role: 'chat', tokens: 10_000 })).toBe(10_000);
    expect(memory.standing).toEqual(['completion', 'chat']);
    // What is left is less than was wished.
    expect(await memory.open({ role: 'request', tokens: 8000 })).toBeLessThanOrEqual(500);
  });

  it('has completions make way for the chat, too, before that gets less', async () => {
    const memory = new Memory(10_500);
    await memory.open({ role: 'request', tokens: 8000 });
    await memory.open({ role: 'completion', tokens: 2000 });
    expect(await memory.open({ role: 'chat', tokens: 10_000 })).toBe(10_000);
    expect(memory.standing).toEqual(['chat']);
  });

  it('never takes anything from what matters more', async () => {
    const memory = new Memory(10_500);
    await memory.open({ role: 'chat', tokens: 10_000 });
    expect(await memory.open({ role: 'completion', tokens: 2000 })).toBe(500);
    expect(memory.standing).toEqual(['chat', 'completion']);
  });

  it('leaves alone what somebody waits for', async () => {
    const memory = new Memory(12_000);
    await memory.open({ role: 'request', tokens: 8000 }, false);
    expect(await memory.open({ role: 'chat', tokens: 8000 })).toBe(4000);
    expect(memory.standing).toEqual(['request', 'chat']);
  });

  it('leaves it to the library to refuse what does not even fit at its least', async () => {
    expect(await new Memory(100).plan.sizesFor({ role: 'chat', tokens: 8000, least: 4000 })).toEqual([4000]);
  });

  it('goes on with smaller sizes, since estimates may be wrong', async () => {
    expect(await new Memory(7000).plan.sizesFor({ role: 'chat', tokens: 8000, least: 5000 })).toEqual([7000, 6000, 5000]);
  });

  it('lets what nobody asked for take half of what is free at most', async () => {
    const { plan } = new Memory(1000);
    expect([await plan.hasRoomBeside(500), await plan.hasRoomBeside(501)]).toEqual([true, false]);
  });
});

describe('why a context is smaller than wished', () => {
  it.each([
    [8000, 8000, 32_768, undefined],
    [2048, 8000, 2048, 'trained'],
    [1024, 8000, 2048, 'memory'],
    [1024, 8000, 0, 'memory'],
  ] as const)('is known: %d of %d tokens, trained on %d', (tokens, wished, trained, limit) => {
    expect(limitOf(tokens, wished, trained)).toBe(limit);
  });
});
