import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { EnginePlace, Participant } from '../engine-process.ts';

it('where nothing of the library runs, that is what is said, and not that the model is damaged', async () => {
  const place = new EnginePlace({ preload: [resolve(import.meta.dirname, 'without-binaries.mjs')], env: { ENDLESS_LINGER_MS: '0' } });
  const user = new Participant(await place.connect());
  await user.open();
  const turn = await user.ask('Hello');
  const platform = `${process.platform}-${process.arch}`;
  expect(turn).toMatchObject({ state: 'failed', error: { code: 'engine-binary-missing', args: { platform } } });
  user.connection.close();
  await place.close();
});
