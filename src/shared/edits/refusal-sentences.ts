import type { Localizer } from '../error-sentences.ts';
import type { EditRefusal } from './edit-target.ts';

/** Says in the user's language why an answer changes nothing, and what to do. */
export function refusalSentence(l10n: Localizer, reason: EditRefusal): string {
  switch (reason) {
    case 'no-code':
      return l10n.t('The model answered without code, so nothing was changed. Try again, or say what to change in other words.');
    case 'truncated':
      return l10n.t('The answer ended before its code did, so nothing was changed. Try again, or select fewer lines.');
    case 'several-answers':
      return l10n.t('The model wrote several versions, and which one it means is not clear. Try again, or take one from the answer.');
    case 'elided':
      return l10n.t('The model left out code that is to stay, so nothing was changed. Try again, or select fewer lines.');
    case 'not-found':
      return l10n.t('The model wants to change lines that are not there, so nothing was changed. Try again, or select the lines it means.');
    case 'ambiguous':
      return l10n.t('What the model wants to change stands at several places, so nothing was changed. Select the one that is meant.');
    case 'overlapping':
      return l10n.t('The model wants to change the same lines in two ways, so nothing was changed. Try again.');
    case 'partial':
      return l10n.t(
        'The model wrote more or less than was asked for, and where it belongs is not clear. Try again, or select a whole function.',
      );
    case 'unchanged':
      return l10n.t('The model would leave everything as it is. Say more exactly what to change, or select the lines.');
  }
}
