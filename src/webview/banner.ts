import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { describeError } from '../shared/error-sentences.ts';
import type { ErrorCode } from '../shared/errors.ts';
import type { Connection } from '../shared/view-messages.ts';
import { actionButton, errorTemplate, icon } from './actions.ts';

/** That there is room again is found out by trying; the engine that ran out of it may live or not. */
const STORAGE: ReadonlySet<ErrorCode> = new Set(['storage-failed', 'disk-full', 'storage-read-only']);

/** How the chat stands with the engine, where that is worth a line; `ready` is silent. */
export function bannerTemplate(connection: Connection): TemplateResult | typeof nothing {
  switch (connection.kind) {
    case 'ready':
      return nothing;
    case 'connecting':
      return quiet('plug', l10n.t('Connecting to the engine. You can write already.'));
    case 'restarting':
      return quiet('debug-restart', l10n.t('The engine has stopped and is being started again. The conversation is kept.'));
    case 'failed':
      return loud(errorTemplate(connection.error, STORAGE.has(connection.error.code) ? actionButton('restartEngine', false) : nothing));
    case 'noModel':
      return loud(
        html`<p class="sentence">${describeError(l10n, connection.error ?? { code: 'no-model', args: {} }).sentence}</p>
          <div class="actions">${actionButton('chooseModel', true)}${actionButton('tryBundledModel', false)}</div>`,
      );
  }
}

function quiet(symbol: string, sentence: string): TemplateResult {
  return html`<div class="banner" role="status">
    ${icon(symbol)}
    <p class="sentence">${sentence}</p>
  </div>`;
}

function loud(content: TemplateResult): TemplateResult {
  return html`<div class="banner" role="alert">
    ${icon('warning')}
    <div class="body">${content}</div>
  </div>`;
}
