import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { writeZooModel } from '../../src/bench/zoo/zoo.ts';
import { SOFTWARE_VULKAN } from '../engine/vulkan/software-vulkan.ts';
import { attend, faultPlace } from './harness/fault-test.ts';

it('a GPU that is lost ends the engine, and the next one goes on with the conversation as it was', async () => {
  const lost = join(resolve('.cache'), `device-lost-${String(process.pid)}`);
  const place = faultPlace({
    entry: resolve('test/faults/harness/losing-device.ts'),
    env: { ...SOFTWARE_VULKAN, ENDLESS_LINGER_MS: '0', TEST_DEVICE_LOST: lost },
  });
  const user = await attend(place);
  const settings = {
    modelPath: resolve(await writeZooModel({ name: 'llama', layers: 1, bos: true })),
    gpu: 'auto',
    maxAnswerTokens: 1,
  } as const;
  const first = await user.ask('Hi', settings);
  expect(first.state).toBe('done');
  await user.until(() => user.status?.activity.kind === 'idle' && user.status.model?.backend === 'vulkan');
  const engine = await place.pid();
  writeFileSync(lost, '');
  await user.send('And now?', settings);
  await user.connection.closed;
  const again = await attend(place);
  expect(await place.pid()).not.toBe(engine);
  const third = await again.ask('Go on', settings);
  expect(third.state).toBe('done');
  await again.until(() => again.status?.origin !== undefined && again.status.activity.kind === 'idle');
  expect(again.status!.origin).toMatchObject({ kind: 'restored' });
  expect(await again.held()).toContain(first.id);
});
