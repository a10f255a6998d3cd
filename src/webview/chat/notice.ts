import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { errorTemplate, icon } from '../actions.ts';
import { express } from '../intent.ts';
import type { FinishReason, Turn } from '../../shared/protocol.ts';

/** How an answer ended, where that is not simply its end. */
export function noticeTemplate(turn: Turn, isLast: boolean): TemplateResult | typeof nothing {
  switch (turn.state) {
    case 'queued':
    case 'running':
      return nothing;
    case 'done':
      return turn.finish === undefined ? nothing : finishTemplate(turn.finish, turn.id, isLast);
    case 'stopped':
      return note(turn.answer === '' ? l10n.t('Stopped before the answer began.') : l10n.t('Stopped. What was written is kept.'));
    case 'interrupted':
      return warning(
        html`<p class="sentence">${interruption(turn)}</p>
          <div class="actions">${isLast ? retryButton(turn.id, l10n.t('Try again'), true) : nothing}</div>`,
      );
    case 'failed':
      return warning(
        errorTemplate(turn.error ?? { code: 'internal', args: {} }, isLast ? retryButton(turn.id, l10n.t('Try again'), false) : nothing),
      );
  }
}

function interruption({ answer }: Turn): string {
  return answer === ''
    ? l10n.t('The engine stopped before it answered this message. The message is kept.')
    : l10n.t('The engine stopped in the middle of this answer. What was written until then is kept.');
}

function finishTemplate(finish: FinishReason, turnId: number, isLast: boolean): TemplateResult | typeof nothing {
  switch (finish) {
    case 'end':
    case 'stopped':
      return nothing;
    case 'length':
      return note(l10n.t('Ended at the longest length that the settings allow.'));
    case 'control-token':
      return note(l10n.t('Ended early: the model wrote a control token in the middle of its answer.'));
    case 'repetition':
      return warning(
        html`<p class="sentence">
            ${l10n.t('The model was going round in circles, so the answer was ended. Forgetting it keeps the loop out of what follows.')}
          </p>
          <div class="actions">${isLast ? retryButton(turnId, l10n.t('Forget and retry'), true) : nothing}</div>`,
      );
  }
}

function retryButton(turnId: number, label: string, primary: boolean): TemplateResult {
  const onClick = (event: Event): void => express(event.currentTarget as Element, { type: 'forgetAndRetry', turnId });
  return html`<button type="button" class=${primary ? 'button primary' : 'button'} @click=${onClick}>${label}</button>`;
}

function note(text: string): TemplateResult {
  return html`<p class="note">${icon('info')}${text}</p>`;
}

function warning(content: TemplateResult): TemplateResult {
  return html`<div class="notice">
    ${icon('warning')}
    <div class="body">${content}</div>
  </div>`;
}
