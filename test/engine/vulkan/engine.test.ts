import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { writeZooModel } from '../../../src/bench/zoo/zoo.ts';
import type { EngineSettings } from '../../../src/shared/protocol/engine-settings.ts';
import type { ModelFacts } from '../../../src/shared/protocol/model-facts.ts';
import { EnginePlace, Participant } from '../engine-process.ts';
import { SOFTWARE_VULKAN } from './software-vulkan.ts';

let place: EnginePlace;
let user: Participant;
afterEach(async () => {
  user.connection.close();
  await place.close();
});

/** A window on an engine whose process has the GPU. */
async function attend(): Promise<void> {
  place = new EnginePlace({ env: { ...SOFTWARE_VULKAN, ENDLESS_LINGER_MS: '0' } });
  user = new Participant(await place.connect());
  await user.open();
}

/** What becomes of a model that is loaded for a message. */
async function loadedFor(settings: Partial<EngineSettings>): Promise<ModelFacts> {
  await user.ask('Hi', { gpu: 'auto', maxAnswerTokens: 1, ...settings });
  await user.until(() => user.status?.model !== undefined);
  return user.status!.model!;
}

describe('a conversation on a GPU', () => {
  it('comes back from its checkpoint when the memory was given back in between', async () => {
    await attend();
    const settings = { modelPath: resolve(await writeZooModel({ name: 'llama', layers: 1, bos: true })) };
    expect((await loadedFor(settings)).backend).toBe('vulkan');
    await user.connection.request('free', {});
    await user.until(() => user.status?.freed !== undefined);
    await loadedFor(settings);
    await user.until(() => user.status?.origin?.kind === 'restored');
    expect(user.status!.origin).toEqual({ kind: 'restored', tokens: 0 });
  });
});
