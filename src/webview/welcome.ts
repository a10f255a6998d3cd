import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Download } from '../shared/downloads.ts';
import type { ErrorReport } from '../shared/errors.ts';
import { describeError } from '../shared/error-sentences.ts';
import { actionButton } from './actions.ts';
import { downloadTemplate } from './download.ts';
import { mark } from './mark.ts';

/** The first minute: what this is, the ways to begin, and how a model that was chosen comes in. */
export function welcomeTemplate(error: ErrorReport | undefined, downloads: readonly Download[]): TemplateResult {
  const coming = downloads.filter(({ state, purpose }) => state !== 'done' && purpose === 'chat');
  return html`<section class="welcome">
    ${mark()}
    <h2>${l10n.t('A chat that never has to start over')}</h2>
    <p>
      ${l10n.t(
        'Endless is a code assistant that runs on this machine: private, offline, one conversation all day, as fast in the evening as in the morning.',
      )}
    </p>
    ${error ? html`<p class="notice" role="alert">${describeError(l10n, error).sentence}</p>` : nothing} ${coming.map(downloadTemplate)}
    <div class="choice">
      ${actionButton('chooseModel', coming.length === 0)}
      <p class="hint">${l10n.t('From a list that knows this machine: to download, or what is here already.')}</p>
      ${actionButton('useGgufFile', false)}
      <p class="hint">${l10n.t('Any chat model in the GGUF format that is on this machine.')}</p>
      ${actionButton('tryBundledModel', false)}
      <p class="hint">${l10n.t('A tiny bundled model. It is a toy: good to see how the chat works, not for real questions.')}</p>
    </div>
  </section>`;
}
