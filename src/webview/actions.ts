import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { actionLabel, describeError } from '../shared/error-sentences.ts';
import type { ErrorReport } from '../shared/errors.ts';
import type { Action } from '../shared/view-messages.ts';
import { express } from './intent.ts';

/** What happened, what to do, and the buttons that do it; `more` is a further button. */
export function errorTemplate(error: ErrorReport, more: TemplateResult | typeof nothing = nothing): TemplateResult {
  const { sentence, actions } = describeError(l10n, error);
  return html`<p class="sentence">${sentence}</p>
    <div class="actions">${actions.map((action, index) => actionButton(action, index === 0))}${more}</div>`;
}

export function actionButton(action: Action, primary: boolean): TemplateResult {
  const onClick = (event: Event): void => express(event.currentTarget as Element, { type: 'action', action });
  return html`<button type="button" class=${primary ? 'button primary' : 'button'} @click=${onClick}>${actionLabel(l10n, action)}</button>`;
}

/** A codicon; meaning is carried by the text beside it or by the button's label. */
export function icon(name: string): TemplateResult {
  return html`<span class="codicon codicon-${name}" aria-hidden="true"></span>`;
}
