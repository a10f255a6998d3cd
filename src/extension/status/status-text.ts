import { basename } from 'node:path';
import type { Localizer } from '../../shared/error-sentences.ts';
import type { Status } from '../../shared/protocol.ts';
import type { EngineState } from '../engine/engine-client.ts';

export interface StatusFacts {
  /** Absolute path of the chosen model; empty when none is chosen. */
  readonly modelPath: string;
  readonly engine: EngineState;
  readonly status: Status | undefined;
}

export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
}

const SPINNING = '$(loading~spin) Endless';

/** What the status bar says: the state, and the speed where there is one. */
export function statusText(l10n: Localizer, facts: StatusFacts): StatusText {
  if (facts.modelPath === '') return { text: '$(circle-slash) Endless', tooltip: l10n.t('No model is chosen. Click to open the chat.') };
  switch (facts.engine.kind) {
    case 'idle':
      return { text: '$(comment-discussion) Endless', tooltip: l10n.t('Click to open the chat.') };
    case 'connecting':
      return { text: SPINNING, tooltip: l10n.t('Connecting to the engine…') };
    case 'restarting':
      return { text: SPINNING, tooltip: l10n.t('The engine has crashed and is starting again…') };
    case 'failed':
      return { text: '$(error) Endless', tooltip: l10n.t('The engine does not run. Click to see why.') };
    case 'ready':
      return { text: activityText(l10n, facts.status), tooltip: tooltip(l10n, facts) };
  }
}

function activityText(l10n: Localizer, status: Status | undefined): string {
  const activity = status?.activity ?? { kind: 'idle' };
  switch (activity.kind) {
    case 'idle':
      return `$(comment-discussion) ${withSpeed(l10n, status)}`;
    case 'loading':
      return `${SPINNING} ${Math.round(activity.fraction * 100)} %`;
    case 'rebuilding':
    case 'restoring':
    case 'prefill':
      return `${SPINNING} ${activity.done}/${activity.total}`;
    case 'aside':
    case 'waiting':
      return SPINNING;
    case 'generating':
      return `$(loading~spin) ${withSpeed(l10n, status)}`;
  }
}

function withSpeed(l10n: Localizer, status: Status | undefined): string {
  const speed = Math.round(status?.stats.tokensPerSecond ?? 0);
  return speed > 0 ? `Endless ${l10n.t('{speed} tok/s', { speed })}` : 'Endless';
}

function tooltip(l10n: Localizer, { modelPath, status }: StatusFacts): string {
  const lines = [basename(modelPath)];
  if (status?.model) lines.push(l10n.t('Runs on: {backend}', { backend: status.model.backend.toUpperCase() }));
  if (status?.cache) lines.push(l10n.t('Cache: {used} of {window} tokens', { used: status.cache.used, window: status.cache.window }));
  if (status)
    lines.push(
      l10n.t('Today: {tokens} tokens, {evicted} evicted', { tokens: status.stats.tokensToday, evicted: status.stats.evictedToday }),
    );
  return lines.join('\n');
}
