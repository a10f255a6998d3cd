import type { Configuration } from '../../configuration.ts';
import { BUNDLED_MODEL } from '../bundled-model.ts';
import type { ModelChooser } from '../choose-model.ts';

/**
 * Gives the chat another model, while completions stay with the one that they have. If that is the model of the chat, they are given it
 * before, so that not even meanwhile anything that is being written goes to the other one; where there is none yet, the bundled one. They
 * share again where the chat does not get it.
 */
export async function useForChatOnly(
  setting: string,
  configuration: Pick<Configuration, 'modelSetting' | 'completionModelSetting' | 'update'>,
  chooser: Pick<ModelChooser, 'use'>,
): Promise<void> {
  if (configuration.completionModelSetting !== '') {
    await chooser.use(setting);
    return;
  }
  const kept = configuration.modelSetting || BUNDLED_MODEL;
  await configuration.update('completions.model', kept);
  if ((await chooser.use(setting)) || configuration.completionModelSetting !== kept) return;
  await configuration.update('completions.model', '');
}
