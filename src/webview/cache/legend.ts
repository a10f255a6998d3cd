import * as l10n from '@vscode/l10n';
import { html, nothing, svg, type TemplateResult } from 'lit';
import { tokensOf, type CacheLayout, type SegmentMeaning } from '../../shared/cache-layout.ts';
import { figures } from '../localization.ts';
import { patternOf } from './patterns.ts';

const SWATCH = 12;

/** What each colour and pattern of the map means, in tokens. */
export function legendTemplate(cache: CacheLayout): TemplateResult {
  const turns = cache.segments.filter((segment) => segment.kind === 'turn').length;
  const [instructions, pinned, draft] = [tokensOf(cache, 'instructions'), tokensOf(cache, 'pinned'), tokensOf(cache, 'draft')];
  const isSent = cache.strategy === 'resend';
  const stays = isSent ? l10n.t('sent every time') : l10n.t('never evicted');
  return html`<dl class="kinds">
    ${kind('sink', isSent ? l10n.t('System prompt') : l10n.t('Sinks'), tokensOf(cache, 'sink'), stays)}
    ${instructions > 0 ? kind('instructions', l10n.t('Instructions'), instructions, stays) : nothing}
    ${pinned > 0 ? kind('pinned', l10n.t('Pinned'), pinned, l10n.t('kept until unpinned')) : nothing}
    ${kind('turn', l10n.t('Recent'), tokensOf(cache, 'turn'), l10n.t('turns: {0}', turns))}
    ${draft > 0 ? kind('draft', l10n.t('Attached'), draft, l10n.t('to the next message')) : nothing}
    ${kind('free', l10n.t('Free'), cache.window - cache.used, l10n.t('of {0}', figures.count(cache.window)))}
  </dl>`;
}

function kind(meaning: SegmentMeaning | 'free', label: string, tokens: number, remark: string): TemplateResult {
  return html`<div>
    <dt>${swatch(meaning)}${label}</dt>
    <dd class="tokens">${figures.count(tokens)}</dd>
    <dd class="remark">${remark}</dd>
  </div>`;
}

function swatch(meaning: SegmentMeaning | 'free'): TemplateResult {
  const box = (name: string, fill: string | typeof nothing): TemplateResult =>
    svg`<rect class=${name} x="0.5" y="0.5" width=${SWATCH - 1} height=${SWATCH - 1} rx="2" fill=${fill} />`;
  return html`<svg class="swatch kind-${meaning}" width=${SWATCH} height=${SWATCH} aria-hidden="true">
    ${box('colour', nothing)}${box('over', patternOf(meaning))}
  </svg>`;
}
