import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { DraftAttachment, Part } from '../../shared/context-items.ts';
import { icon } from '../actions.ts';
import { express } from '../intent.ts';
import { figures } from '../localization.ts';
import { attachmentIcon, pathTemplate } from './attachment-label.ts';

/**
 * What is attached to the message that is being written: a chip for each.
 *
 * @param isRefused whether somebody has tried to send it with something that is too large.
 */
export function chipsTemplate(attachments: readonly DraftAttachment[], isRefused: boolean): TemplateResult | typeof nothing {
  if (attachments.length === 0) return nothing;
  return html`<ul class="attachments" aria-label=${l10n.t('Attached to this message')}>
      ${repeat(
        attachments,
        ({ key }) => key,
        (attachment) => chip(attachment),
      )}
    </ul>
    ${
      isRefused
        ? html`<p class="attachments-refusal" role="alert">
            ${l10n.t('The message was not sent, since not all that is attached fits. Take out what is too large, or attach a part of it.')}
          </p>`
        : nothing
    }`;
}

function chip(attachment: DraftAttachment): TemplateResult {
  const { key, label, room } = attachment;
  const remove = l10n.t('Remove {0}', label);
  return html`<li class="attachment ${room === undefined ? '' : 'too-large'}">
    <div class="attachment-head">
      ${labelTemplate(attachment)}
      <button
        type="button"
        class="icon-button"
        title=${remove}
        aria-label=${remove}
        @click=${(event: Event) => express(event.currentTarget as Element, { type: 'detach', key })}
      >
        ${icon('close')}
      </button>
    </div>
    ${room === undefined ? nothing : tooLargeTemplate(attachment, room)}
  </li>`;
}

/** What stands in a file opens it. */
function labelTemplate({ kind, label, uri, line, tokens, room }: DraftAttachment): TemplateResult {
  const inside = html`${attachmentIcon(kind)}${pathTemplate(label)}${
    tokens === undefined || room !== undefined ? nothing : html`<span class="tokens">${tokensText(tokens)}</span>`
  }`;
  if (uri === undefined) return html`<span class="attachment-label" title=${label}>${inside}</span>`;
  const open = (event: Event): void =>
    express(event.currentTarget as Element, { type: 'openSource', uri, ...(line !== undefined && { line }) });
  return html`<button type="button" class="attachment-label" title=${label} @click=${open}>${inside}</button>`;
}

function tooLargeTemplate({ key, tokens = 0, parts }: DraftAttachment, room: number): TemplateResult {
  const button = (part: Part): TemplateResult =>
    html`<button
      type="button"
      class="button"
      @click=${(event: Event) => express(event.currentTarget as Element, { type: 'shorten', key, part })}
    >
      ${partLabel(part)}
    </button>`;
  return html`<p>${icon('warning')}${l10n.t('Too large: {0} tokens, {1} fit.', figures.count(tokens), figures.count(room))}</p>
    <div class="actions">${parts.map(button)}</div>`;
}

function partLabel(part: Part): string {
  switch (part) {
    case 'outline':
      return l10n.t('Outline');
    case 'beginning':
      return l10n.t('Beginning');
    case 'cursor':
      return l10n.t('Around the cursor');
    case 'lines':
      return l10n.t('Choose lines…');
  }
}

function tokensText(tokens: number): string {
  return tokens === 1 ? l10n.t('1 token') : l10n.t('{0} tokens', figures.short(tokens));
}
