import type { Download } from '../../shared/downloads.ts';

/**
 * Whether a model that has come in takes the place of the one that is chosen without a question: where still the same is chosen as when
 * the download was wanted, or none for the chat. Completions without one of their own share that of the chat, which is a choice too.
 *
 * @param chosen what the settings hold for the purpose of the download.
 */
export function isStillWanted({ choice, purpose }: Pick<Download, 'choice' | 'purpose'>, chosen: string): boolean {
  return chosen === choice || (chosen === '' && purpose === 'chat');
}
