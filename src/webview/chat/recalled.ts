import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { cutText } from '../../shared/cut-text.ts';
import type { RecalledPassage, Turn } from '../../shared/protocol/turn.ts';
import { icon } from '../actions.ts';
import { figures } from '../localization.ts';

/** UTF-16 units of a passage that its chip shows, at most. */
const LONGEST_LABEL = 60;

/** What the model was shown of earlier turns: a chip for each passage, which opens its text. */
export function recalledTemplate({ recall, state, answer }: Turn): TemplateResult | typeof nothing {
  if (!recall) return nothing;
  if (recall.passages.length > 0)
    return html`<ul class="recalled" aria-label=${l10n.t('Recalled from earlier in the conversation')}>
      ${recall.passages.map(chip)}
    </ul>`;
  // Until the answer begins nothing may have been looked for.
  const isOver = state !== 'queued' && (state !== 'running' || answer !== '');
  return recall.asked && isOver
    ? html`<p class="note">
        ${icon('history')}${l10n.t("Nothing was recalled: nothing that has left the model's cache is about this. Try other words.")}
      </p>`
    : nothing;
}

/** The words are somebody's, or the model's: text, whatever they look like. */
function chip({ createdAt, role, text }: RecalledPassage): TemplateResult {
  const beginning = cutText(text.trim().split('\n', 1)[0] ?? '', LONGEST_LABEL).text;
  const label =
    role === 'message'
      ? l10n.t('You, {0}: {1}', figures.moment(createdAt), beginning)
      : l10n.t('Endless, {0}: {1}', figures.moment(createdAt), beginning);
  return html`<li>
    <details>
      <summary>${icon('history')}<span>${label}</span></summary>
      <p>${text}</p>
    </details>
  </li>`;
}
