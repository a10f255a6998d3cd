import type { CacheLayout } from '../../shared/cache-layout.ts';
import { describeError, type Localizer } from '../../shared/error-sentences.ts';
import { freedSentence, memorySentences } from '../../shared/memory-sentences.ts';
import type { Status } from '../../shared/protocol/status.ts';
import { modelTitle, serverHost } from '../../shared/server-address.ts';
import type { Action } from '../../shared/view-messages.ts';
import type { EngineState } from '../engine/engine-client.ts';

export interface StatusFacts {
  /** Absolute path of the chosen model, or the address of its server; empty when none is chosen. */
  readonly modelPath: string;
  readonly engine: EngineState;
  readonly status: Status | undefined;
}

export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  /** What is offered under the tooltip. */
  readonly menu: readonly Action[];
}

const WHILE_STARTING: readonly Action[] = ['showLog', 'showDiagnostics'];
const WHILE_READY: readonly Action[] = ['showCache', 'chooseModel', 'openSettings', 'showDiagnostics'];

/** What the status bar says: the state, and the speed where there is one. */
export function statusText(l10n: Localizer, facts: StatusFacts): StatusText {
  if (facts.modelPath === '') {
    const tooltip = l10n.t('No model is chosen. Click to open the chat.');
    return { text: '$(circle-slash) Endless', tooltip, menu: ['chooseModel', 'tryBundledModel'] };
  }
  const name = nameOf(facts);
  const spinning = `$(loading~spin) ${name}`;
  switch (facts.engine.kind) {
    case 'idle':
      return { text: `$(comment-discussion) ${name}`, tooltip: l10n.t('Click to open the chat.'), menu: WHILE_READY };
    case 'connecting':
      return { text: spinning, tooltip: l10n.t('Connecting to the engine…'), menu: WHILE_STARTING };
    case 'restarting':
      return { text: spinning, tooltip: l10n.t('The engine has crashed and is starting again…'), menu: WHILE_STARTING };
    case 'failed':
      return {
        text: `$(error) ${name}`,
        tooltip: l10n.t('The engine does not run. Click to see why.'),
        menu: describeError(l10n, facts.engine.error).actions,
      };
    case 'ready':
      return { text: activityText(l10n, name, facts.status), tooltip: tooltip(l10n, facts), menu: WHILE_READY };
  }
}

/** Where text goes to another machine, or another program, its name stands there. */
function nameOf({ modelPath }: StatusFacts): string {
  const host = serverHost(modelPath);
  return host === undefined ? 'Endless' : `Endless → ${host}`;
}

function activityText(l10n: Localizer, name: string, status: Status | undefined): string {
  const spinning = `$(loading~spin) ${name}`;
  const activity = status?.activity ?? { kind: 'idle' };
  switch (activity.kind) {
    case 'idle':
      return status?.freed ? `$(debug-disconnect) ${name}` : `$(comment-discussion) ${withSpeed(l10n, name, status)}`;
    case 'loading':
      return `${spinning} ${Math.round(activity.fraction * 100)} %`;
    case 'rebuilding':
    case 'restoring':
    case 'prefill':
      return `${spinning} ${activity.done}/${activity.total}`;
    case 'aside':
    case 'waiting':
      return spinning;
    case 'generating':
      return `$(loading~spin) ${withSpeed(l10n, name, status)}`;
  }
}

function withSpeed(l10n: Localizer, name: string, status: Status | undefined): string {
  const speed = Math.round(status?.stats.tokensPerSecond ?? 0);
  return speed > 0 ? `${name} ${l10n.t('{speed} tok/s', { speed })}` : name;
}

function contextText(l10n: Localizer, { used, window, strategy }: CacheLayout): string {
  return strategy === 'resend'
    ? l10n.t('Sent with every message: {used} of {window} tokens', { used, window })
    : l10n.t('Cache: {used} of {window} tokens', { used, window });
}

function tooltip(l10n: Localizer, { modelPath, status }: StatusFacts): string {
  const lines = [modelTitle(modelPath)];
  if (status?.model) lines.push(l10n.t('Runs on: {backend}', { backend: status.model.backend.toUpperCase() }));
  if (status?.server) lines.push(l10n.t('Your text goes to {host}', { host: status.server.host }));
  if (status?.freed) lines.push(freedSentence(l10n, status.freed));
  if (status) lines.push(...memorySentences(l10n, status, String));
  if (status?.cache) lines.push(contextText(l10n, status.cache));
  if (status)
    lines.push(
      l10n.t('Today: {tokens} tokens, {evicted} evicted', { tokens: status.stats.tokensToday, evicted: status.stats.evictedToday }),
    );
  return lines.join('\n');
}
