import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { icon } from '../actions.ts';

/** Asks before a turn leaves the middle of the conversation, where it stands. */
export function forgetQuestion(forget: () => void, cancel: () => void): TemplateResult {
  const sentence = l10n.t('Forget this message and its answer? Its tokens leave the cache.');
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    cancel();
  };
  return html`<div class="notice question" role="group" aria-label=${sentence} @keydown=${onKey}>
    ${icon('trash')}
    <div class="body">
      <p class="sentence">${sentence}</p>
      <div class="actions">
        <button type="button" class="button primary" @click=${forget}>${l10n.t('Forget')}</button>
        <button type="button" class="button cancel" @click=${cancel}>${l10n.t('Cancel')}</button>
      </div>
    </div>
  </div>`;
}
