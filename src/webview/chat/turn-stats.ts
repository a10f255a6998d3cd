import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import type { Turn } from '../../shared/protocol/turn.ts';
import { duration, figures, speed } from '../localization.ts';

/** How fast an answer came; the details on hover. */
export function statsTemplate(stats: NonNullable<Turn['stats']>): TemplateResult {
  const details = l10n.t(
    'First token after {0} · {1} tokens read · {2} tokens written',
    duration(stats.firstTokenMs),
    figures.count(stats.messageTokens),
    figures.count(stats.answerTokens),
  );
  return html`<span class="stats" title=${details}
    >${speed(stats.tokensPerSecond)} · ${duration(stats.firstTokenMs)}<span class="for-screen-readers">${details}</span></span
  >`;
}
