import { describeError, type Localizer } from './error-sentences.ts';
import type { FinishReason, Turn } from './protocol/turn.ts';

/** How a turn ended, where that is not simply the end of its answer. */
export function endingSentence(l10n: Localizer, turn: Turn): string | undefined {
  switch (turn.state) {
    case 'queued':
    case 'running':
      return undefined;
    case 'done':
      return turn.finish && finishSentence(l10n, turn.finish);
    case 'stopped':
      return turn.answer === '' ? l10n.t('Stopped before the answer began.') : l10n.t('Stopped. What was written is kept.');
    case 'interrupted':
      return turn.answer === ''
        ? l10n.t('The engine stopped before it answered this message. The message is kept.')
        : l10n.t('The engine stopped in the middle of this answer. What was written until then is kept.');
    case 'failed':
      return describeError(l10n, turn.error ?? { code: 'internal', args: {} }).sentence;
  }
}

function finishSentence(l10n: Localizer, finish: FinishReason): string | undefined {
  switch (finish) {
    case 'end':
    case 'stopped':
      return undefined;
    case 'length':
      return l10n.t('Ended at the longest length that the settings allow.');
    case 'control-token':
      return l10n.t('Ended early: the model wrote a control token in the middle of its answer.');
    case 'repetition':
      return l10n.t('The model was going round in circles, so the answer was ended. Forgetting it keeps the loop out of what follows.');
  }
}
