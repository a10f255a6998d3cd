import { expect, it } from 'vitest';
import { BUNDLED_MODEL } from '../../../src/extension/models/bundled-model.ts';
import { useForChatOnly } from '../../../src/extension/models/server/use-for-chat-only.ts';

const SERVER = 'http://127.0.0.1:8080/v1#m';

/** Settings, and what was chosen when the server was to be used. */
class Chosen {
  modelSetting: string;
  completionModelSetting: string;
  /** The model of completions when the chat got its own. */
  meanwhile = '';

  constructor(chat: string, completions = '') {
    [this.modelSetting, this.completionModelSetting] = [chat, completions];
  }

  readonly update = (key: string, value: unknown): Promise<void> => {
    if (key === 'completions.model') this.completionModelSetting = String(value);
    return Promise.resolve();
  };

  async use({ isThere, chosenMeanwhile }: { readonly isThere: boolean; readonly chosenMeanwhile?: string }): Promise<readonly string[]> {
    const use = (setting: string): Promise<boolean> => {
      this.meanwhile = this.completionModelSetting;
      if (isThere) this.modelSetting = setting;
      if (chosenMeanwhile !== undefined) this.completionModelSetting = chosenMeanwhile;
      return Promise.resolve(isThere);
    };
    await useForChatOnly(SERVER, this, { use });
    return [this.modelSetting, this.completionModelSetting];
  }
}

it('completions keep the model that they shared with the chat, as the settings call it, and are never without', async () => {
  const chosen = new Chosen(BUNDLED_MODEL);
  await expect(chosen.use({ isThere: true })).resolves.toEqual([SERVER, BUNDLED_MODEL]);
  expect(chosen.meanwhile).toBe(BUNDLED_MODEL);
});

it('nothing is changed where the server cannot be used', async () => {
  await expect(new Chosen(BUNDLED_MODEL).use({ isThere: false })).resolves.toEqual([BUNDLED_MODEL, '']);
  await expect(new Chosen('/a.gguf', '/b.gguf').use({ isThere: false })).resolves.toEqual(['/a.gguf', '/b.gguf']);
});

it('completions with a model of their own keep it', async () => {
  await expect(new Chosen('/a.gguf', '/b.gguf').use({ isThere: true })).resolves.toEqual([SERVER, '/b.gguf']);
});

it('completions get the bundled model where there is none yet, and nothing goes to the server', async () => {
  const chosen = new Chosen('');
  await expect(chosen.use({ isThere: true })).resolves.toEqual([SERVER, BUNDLED_MODEL]);
  expect(chosen.meanwhile).toBe(BUNDLED_MODEL);
});

it('a model that was chosen for completions meanwhile stays', async () => {
  const chosen = new Chosen('/a.gguf');
  await expect(chosen.use({ isThere: false, chosenMeanwhile: '/c.gguf' })).resolves.toEqual(['/a.gguf', '/c.gguf']);
});
