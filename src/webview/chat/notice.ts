import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { endingSentence } from '../../shared/ending-sentences.ts';
import type { Turn } from '../../shared/protocol/turn.ts';
import { errorTemplate, icon } from '../actions.ts';
import { wishFor } from '../wish.ts';

/** How an answer ended, where that is not simply its end. */
export function noticeTemplate(turn: Turn, isLast: boolean): TemplateResult | typeof nothing {
  const sentence = endingSentence(l10n, turn);
  if (sentence === undefined) return nothing;
  if (turn.state === 'failed') {
    const retry = isLast ? retryButton(turn.id, l10n.t('Try again'), false) : nothing;
    return warning(errorTemplate(turn.error ?? { code: 'internal', args: {} }, retry));
  }
  if (turn.state === 'interrupted') return warned(sentence, isLast ? retryButton(turn.id, l10n.t('Try again'), true) : nothing);
  if (turn.finish === 'repetition') return warned(sentence, isLast ? retryButton(turn.id, l10n.t('Forget and retry'), true) : nothing);
  return html`<p class="note">${icon('info')}${sentence}</p>`;
}

function retryButton(turnId: number, label: string, primary: boolean): TemplateResult {
  const onClick = (event: Event): void => wishFor(event.currentTarget as Element, { type: 'regenerate', turnId });
  return html`<button type="button" class=${primary ? 'button primary' : 'button'} @click=${onClick}>${label}</button>`;
}

function warned(sentence: string, retry: TemplateResult | typeof nothing): TemplateResult {
  return warning(
    html`<p class="sentence">${sentence}</p>
      <div class="actions">${retry}</div>`,
  );
}

function warning(content: TemplateResult): TemplateResult {
  return html`<div class="notice">
    ${icon('warning')}
    <div class="body">${content}</div>
  </div>`;
}
