import type { Localizer } from '../error-sentences.ts';
import type { CodeRefusal } from './edit-from-code.ts';

/** Says in the user's language why some code of an answer cannot be applied to a file, and what to do. */
export function codeRefusalSentence(l10n: Localizer, reason: CodeRefusal, file: string): string {
  switch (reason) {
    case 'unchanged':
      return l10n.t('{file} has this code already. Nothing needs to be changed.', { file });
    case 'no-code':
      return l10n.t('There is nothing in this code that could be applied. Insert it at the cursor instead.');
    case 'elided':
      return l10n.t('This code leaves out lines that are to stay in {file}. Ask for all of it, or insert it at the cursor.', { file });
    case 'truncated':
      return l10n.t('This code is broken off. Ask for it again.');
    case 'ambiguous':
    case 'several-answers':
      return l10n.t('What this code changes stands at several places of {file}. Insert it at the cursor instead.', { file });
    case 'overlapping':
      return l10n.t('This code changes the same lines of {file} in two ways. Ask for it again.', { file });
    case 'not-found':
    case 'misfit':
      return l10n.t('The lines that this code changes are not in {file}. Choose another file, or insert it at the cursor.', { file });
    case 'several-files':
      return l10n.t('This diff changes other files than {file}. Ask for one file at a time.', { file });
    case 'no-place':
    case 'partial':
      return l10n.t('Where this code belongs in {file} is not clear. Insert it at the cursor instead.', { file });
  }
}
