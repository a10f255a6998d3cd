import type { Localizer } from '../../shared/error-sentences.ts';
import type { RequestStage } from '../../shared/protocol/requests.ts';

/** How far a request is, in a few words. */
export function stageText(l10n: Localizer, stage: RequestStage): string {
  switch (stage.kind) {
    case 'waiting':
      return l10n.t('waiting for the model…');
    case 'loading':
      return l10n.t('loading the model, {percent} %', { percent: Math.round(stage.fraction * 100) });
    case 'prefill':
      return l10n.t('reading, {done} of {total} tokens', { done: stage.done, total: stage.total });
    case 'generating':
      return l10n.t('writing…');
  }
}
