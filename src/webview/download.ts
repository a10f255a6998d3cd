import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { downloadText } from '../shared/download-sentences.ts';
import { isUnderWay, type Download } from '../shared/downloads.ts';
import { describeError } from '../shared/error-sentences.ts';
import type { ErrorReport } from '../shared/errors.ts';
import type { ViewMessage } from '../shared/view-messages.ts';
import { actionButton } from './actions.ts';
import { express } from './intent.ts';

/** How a model comes in, and what can be done about it. Where it has failed, why. */
export function downloadTemplate(download: Download): TemplateResult {
  const { uri, name, bytes, totalBytes, error } = download;
  const isRunning = isUnderWay(download);
  return html`<section class="download" aria-label=${name}>
    <p class="name">${name}</p>
    ${
      totalBytes === undefined
        ? html`<progress aria-label=${name}></progress>`
        : html`<progress aria-label=${name} max=${totalBytes} value=${bytes}></progress>`
    }
    <p class="figures">${downloadText(l10n, download, document.documentElement.lang)}</p>
    ${error && !isRunning ? html`<p class="reason" role="alert">${describeError(l10n, error).sentence}</p>` : nothing}
    <div class="actions">
      ${
        isRunning
          ? button(l10n.t('Stop'), { type: 'endDownload', uri, deletes: false })
          : html`${helping(error)} ${button(l10n.t('Go on'), { type: 'resumeDownload', uri })}
            ${button(l10n.t('Delete'), { type: 'endDownload', uri, deletes: true })}`
      }
    </div>
  </section>`;
}

/** The welcome page offers another model by itself. */
function helping(error: ErrorReport | undefined): readonly TemplateResult[] {
  const actions = error ? describeError(l10n, error).actions : [];
  return actions.filter((action) => action !== 'chooseModel').map((action, index) => actionButton(action, index === 0));
}

function button(label: string, message: ViewMessage): TemplateResult {
  const onClick = (event: Event): void => express(event.currentTarget as Element, message);
  return html`<button type="button" class="button" @click=${onClick}>${label}</button>`;
}
