import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import type { SearchHit } from '../../shared/protocol/conversation.ts';
import { figures } from '../localization.ts';

/** One place where something was found: who said it, when, and what is around it. */
export function hitTemplate(hit: SearchHit, choose: () => void): TemplateResult {
  const who = hit.role === 'message' ? l10n.t('You') : l10n.t('Endless');
  return html`<button type="button" class="hit" @click=${choose}>
    <span class="hit-head"
      ><strong>${who}</strong><time datetime=${new Date(hit.createdAt).toISOString()}>${figures.moment(hit.createdAt)}</time></span
    >
    <span class="excerpt">${marked(hit)}</span>
  </button>`;
}

/** The excerpt with what matches set off. */
function marked({ excerpt, ranges }: SearchHit): readonly (string | TemplateResult)[] {
  const parts: (string | TemplateResult)[] = [];
  let from = 0;
  for (const { start, end } of ranges) {
    parts.push(excerpt.slice(from, start), html`<mark>${excerpt.slice(start, end)}</mark>`);
    from = end;
  }
  return [...parts, excerpt.slice(from)];
}
