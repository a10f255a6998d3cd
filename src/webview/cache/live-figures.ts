import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { tokensOf, type CacheLayout } from '../../shared/cache-layout.ts';
import type { Status } from '../../shared/protocol/status.ts';
import { bytes, duration, figures, speed } from '../localization.ts';

/** What is told where there is nothing to tell yet. */
const NOTHING = '–';

type Figure = readonly [label: string, value: string, details: string];

/** All that is counted and measured, as it is now. */
export function figuresTemplate(status: Status): TemplateResult {
  return html`${group(status.server ? l10n.t('Context') : l10n.t('Cache'), cacheFigures(status))}
  ${group(l10n.t('Today'), dayFigures(status))} ${group(l10n.t('Speed'), speedFigures(status))}
  ${group(l10n.t('Memory'), memoryFigures(status))}`;
}

function cacheFigures({ cache }: Status): readonly Figure[] {
  if (!cache) return [];
  if (cache.strategy === 'resend') return sentFigures(cache);
  return [
    [l10n.t('Window'), figures.count(cache.window), l10n.t('Tokens that the cache may hold')],
    [l10n.t('In the cache'), figures.count(cache.used), l10n.t('Tokens that the model knows right now')],
    [l10n.t('Sinks'), figures.count(tokensOf(cache, 'sink')), l10n.t('Tokens of the system prompt, which anchor the attention')],
  ];
}

/** What a server is sent. */
function sentFigures(cache: CacheLayout): readonly Figure[] {
  return [
    [l10n.t('Window'), figures.count(cache.window), l10n.t('Tokens that the context of the server is taken to hold')],
    [l10n.t('Sent each time'), figures.count(cache.used), l10n.t('Tokens that go to the server with every message')],
    [l10n.t('System prompt'), figures.count(tokensOf(cache, 'sink')), l10n.t('Tokens of it, which are sent with every message')],
  ];
}

function dayFigures({ stats }: Status): readonly Figure[] {
  const { tokensToday, evictedToday, evictionsToday, lastEvictionAt, rebuildsToday } = stats;
  return [
    [l10n.t('Tokens'), figures.count(tokensToday), l10n.t('Tokens that have entered the cache today')],
    [l10n.t('Evicted'), figures.count(evictedToday), l10n.t('Tokens that have left the cache today')],
    [l10n.t('Evictions'), figures.count(evictionsToday), l10n.t('Times that room was made today')],
    [
      l10n.t('Last eviction'),
      lastEvictionAt === undefined ? NOTHING : figures.clock(lastEvictionAt),
      lastEvictionAt === undefined ? l10n.t('Nothing was evicted yet') : figures.moment(lastEvictionAt),
    ],
    [l10n.t('Rebuilds'), figures.count(rebuildsToday), l10n.t('Times that the cache was filled again from the transcript today')],
  ];
}

function speedFigures({ stats }: Status): readonly Figure[] {
  const { promptTokensPerSecond, tokensPerSecond, firstTokenMs } = stats;
  return [
    [l10n.t('Reading'), orNothing(promptTokensPerSecond, speed), l10n.t('Tokens of messages that are evaluated per second')],
    [l10n.t('Writing'), orNothing(tokensPerSecond, speed), l10n.t('Tokens of the last answer per second')],
    [l10n.t('First token'), orNothing(firstTokenMs, duration), l10n.t('From the start of work on the last message to its first token')],
  ];
}

function memoryFigures({ memory }: Status): readonly Figure[] {
  if (!memory) return [];
  const { kvBytes, processBytes, gpuBytes, gpuTotalBytes } = memory;
  const all: Figure[] = [];
  if (kvBytes !== undefined)
    all.push([l10n.t('KV cache'), bytes(kvBytes), l10n.t('Allocated for keys and values, from the beginning to the end')]);
  all.push([l10n.t('Engine'), bytes(processBytes), l10n.t("Of the engine's process, the model file included as far as it is in memory")]);
  if (gpuBytes !== undefined)
    all.push([
      l10n.t('GPU memory'),
      bytes(gpuBytes),
      gpuTotalBytes === undefined ? l10n.t('In use') : l10n.t('In use, of {0}', bytes(gpuTotalBytes)),
    ]);
  return all;
}

function orNothing(value: number, format: (value: number) => string): string {
  return value > 0 ? format(value) : NOTHING;
}

function group(title: string, all: readonly Figure[]): TemplateResult {
  return html`<section class="figures" ?hidden=${all.length === 0}>
    <h4>${title}</h4>
    <dl>
      ${all.map(
        ([label, value, details]) =>
          html`<div title=${details}>
            <dt>${label}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}
