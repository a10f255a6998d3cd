import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { freedSentence } from '../../shared/memory-sentences.ts';
import type { Status } from '../../shared/protocol/status.ts';
import { figures, speed } from '../localization.ts';

/** What the engine is doing, in words and numbers; nothing while it waits for the user. */
export function activityTemplate({ activity, stats, freed }: Status, modelName: string | undefined): TemplateResult | typeof nothing {
  switch (activity.kind) {
    case 'idle':
      return freed ? html`<p class="freed" role="status">${freedSentence(l10n, freed)}</p>` : nothing;
    case 'loading': {
      const label = modelName === undefined ? l10n.t('Loading the model') : l10n.t('Loading {0}', modelName);
      return progress(label, figures.percent(activity.fraction), activity.fraction);
    }
    case 'rebuilding':
      return progress(l10n.t('Refilling the cache from the transcript'), tokens(activity), share(activity));
    case 'restoring':
      return progress(l10n.t('Restoring the cache'), activity.total > 0 ? tokens(activity) : '', share(activity));
    case 'prefill':
      return progress(l10n.t('Reading the message'), tokens(activity), share(activity));
    case 'generating':
      return row(l10n.t('Answering'), stats.tokensPerSecond > 0 ? speed(stats.tokensPerSecond) : '', nothing);
    case 'aside':
      return row(l10n.t('Working on a command'), '', nothing);
    case 'waiting':
      return row(l10n.t('Waiting for other conversations'), l10n.t('{0} ahead', activity.ahead), nothing);
  }
}

interface Counted {
  readonly done: number;
  readonly total: number;
}

function tokens({ done, total }: Counted): string {
  return l10n.t('{0} / {1} tokens', figures.count(done), figures.count(total));
}

function share({ done, total }: Counted): number {
  return total > 0 ? done / total : 0;
}

function progress(label: string, amount: string, fraction: number): TemplateResult {
  const percent = Math.round(Math.min(Math.max(fraction, 0), 1) * 100);
  const bar = html`<svg
    class="progress"
    role="progressbar"
    aria-label=${label}
    aria-valuenow=${percent}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuetext=${amount}
  >
    <rect width="${percent}%" height="100%" />
  </svg>`;
  return row(label, amount, bar);
}

function row(label: string, amount: string, bar: TemplateResult | typeof nothing): TemplateResult {
  return html`<div class="activity">
    <span class="pulse" aria-hidden="true"></span><span class="label">${label}</span><span class="amount">${amount}</span>${bar}
  </div>`;
}
