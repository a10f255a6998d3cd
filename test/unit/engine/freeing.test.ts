import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Freeing } from '../../../src/engine/freeing.ts';

const MINUTE = 60_000;

/** A model that is used now and then, by the clock of the test. */
class Place {
  lastUsedAt: number | undefined = performance.now();
  freeAfterMinutes = 30;
  freeOnBattery = false;
  onBattery = false;
  asked = 0;
  readonly freeing: Freeing;

  constructor() {
    this.freeing = new Freeing({
      models: [this],
      unload: async (isStillDue) => {
        if (!isStillDue()) return false;
        const wasThere = this.lastUsedAt !== undefined;
        this.lastUsedAt = undefined;
        return wasThere;
      },
      preferences: () => this,
      runsOnBattery: async () => {
        this.asked++;
        return this.onBattery;
      },
      onChange: () => undefined,
      onError: (error) => {
        throw error;
      },
    });
    this.freeing.watch();
  }

  use(): void {
    this.lastUsedAt = performance.now();
    this.freeing.watch();
  }
}

let place: Place;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  place.freeing.close();
  vi.useRealTimers();
});

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

describe('the memory of the models', () => {
  it('is given back when nothing was asked for so long, and not before', async () => {
    place = new Place();
    await pass(20 * MINUTE);
    place.lastUsedAt = performance.now();
    await pass(30 * MINUTE - 1000);
    expect(place.freeing.freed).toBeUndefined();
    await pass(2000);
    expect(place.freeing.freed?.reason).toBe('idle');
    expect(place.lastUsedAt).toBeUndefined();
  });

  it('is never given back where the user wants it so, nor is anybody asked for the battery', async () => {
    place = new Place();
    place.freeAfterMinutes = 0;
    await pass(10_000 * MINUTE);
    expect(place.freeing.freed).toBeUndefined();
    expect(place.asked).toBe(0);
  });

  it('is given back soon on battery', async () => {
    place = new Place();
    place.freeOnBattery = true;
    place.use();
    await pass(10 * MINUTE);
    expect(place.freeing.freed).toBeUndefined();
    place.onBattery = true;
    await pass(MINUTE);
    expect(place.freeing.freed?.reason).toBe('battery');
  });

  it('is taken again by completions after idleness, and after the battery only on mains', async () => {
    place = new Place();
    place.freeOnBattery = place.onBattery = true;
    place.use();
    await pass(2 * MINUTE);
    expect(place.freeing.holdsBack).toBe(true);
    place.onBattery = false;
    await pass(MINUTE);
    expect(place.freeing.freed?.reason).toBe('idle');
    expect(place.freeing.holdsBack).toBe(false);
  });

  it('is not taken again by completions when the user has freed it, until something else needs it', async () => {
    place = new Place();
    await place.freeing.free();
    expect(place.freeing.freed?.reason).toBe('command');
    expect(place.freeing.holdsBack).toBe(true);
    place.freeing.wake();
    expect(place.freeing.holdsBack).toBe(false);
    expect(place.freeing.freed).toBeUndefined();
  });

  it('is no longer said to be free when a model is there again', async () => {
    place = new Place();
    await place.freeing.free();
    place.use();
    expect(place.freeing.freed).toBeUndefined();
  });

  it('stays when somebody uses it in the last moment', async () => {
    place = new Place();
    const unloaded = vi.fn();
    const freeing = new Freeing({
      models: [place],
      unload: async (isStillDue) => {
        place.lastUsedAt = performance.now();
        if (isStillDue()) unloaded();
        return false;
      },
      preferences: () => place,
      runsOnBattery: async () => false,
      onChange: () => undefined,
      onError: () => undefined,
    });
    freeing.watch();
    await pass(31 * MINUTE);
    freeing.close();
    expect(unloaded).not.toHaveBeenCalled();
    expect(freeing.freed).toBeUndefined();
  });
});
