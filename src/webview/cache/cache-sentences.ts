import * as l10n from '@vscode/l10n';
import { tokensOf, type CacheLayout } from '../../shared/cache-layout.ts';
import type { ModelFacts } from '../../shared/protocol/model-facts.ts';
import type { CacheOrigin, RebuildReason, Status } from '../../shared/protocol/status.ts';
import { bytes, figures } from '../localization.ts';

/** The strip in words, for those who do not see it. */
export function summary(cache: CacheLayout): string {
  const [instructions, pinned] = [tokensOf(cache, 'instructions'), tokensOf(cache, 'pinned')];
  const parts = [
    cache.strategy === 'resend'
      ? l10n.t('{0} system prompt', figures.count(tokensOf(cache, 'sink')))
      : l10n.t('{0} sinks', figures.count(tokensOf(cache, 'sink'))),
    ...(instructions > 0 ? [l10n.t('{0} instructions', figures.count(instructions))] : []),
    ...(pinned > 0 ? [l10n.t('{0} pinned', figures.count(pinned))] : []),
    l10n.t('{0} recent', figures.count(tokensOf(cache, 'turn'))),
    l10n.t('{0} free', figures.count(cache.window - cache.used)),
  ];
  const extent = { used: figures.count(cache.used), window: figures.count(cache.window), parts: parts.join(', ') };
  return cache.strategy === 'resend'
    ? l10n.t('Sent with every message: {used} of {window} tokens; {parts}', extent)
    : l10n.t('Cache: {used} of {window} tokens used; {parts}', extent);
}

/** How room is made when the cache is full. */
export function strategySentence(strategy: CacheLayout['strategy']): string {
  switch (strategy) {
    case 'streaming':
      return l10n.t(
        'When it is full the oldest turns leave the cache; the rest stays as it is, nothing is computed again. The transcript keeps everything.',
      );
    case 'rebase':
      return l10n.t(
        'This model cannot shift positions. When the cache is full it is rebuilt with the newer half of the window, which takes a moment.',
      );
    case 'resend':
      return l10n.t(
        'There is no cache of Endless here: no attention sinks, and nothing rolls. All of this is sent with every message, and the server evaluates again what its own cache does not hold. When it is full the older half of the turns is left out at once. The transcript keeps everything.',
      );
  }
}

/** How the conversation came to be in the cache, unless it began there. */
export function originSentence(origin: CacheOrigin): string | undefined {
  switch (origin.kind) {
    case 'new':
      return undefined;
    case 'restored':
      return l10n.t('Restored as it was; {0} tokens were computed again for that.', figures.count(origin.tokens));
    case 'rebuilt':
      return [
        l10n.t('Refilled with the newest turns: {reason}.', { reason: rebuildReason(origin.reason) }),
        ...leftOutSentences(origin),
      ].join(' ');
  }
}

function leftOutSentences({ pinsLeftOut }: Extract<CacheOrigin, { kind: 'rebuilt' }>): readonly string[] {
  if (pinsLeftOut === undefined) return [];
  return [l10n.t('The model does not know all that is pinned: there was no room for {0} of the messages.', figures.count(pinsLeftOut))];
}

/** Why a cache could not be restored as it was. */
function rebuildReason(reason: RebuildReason): string {
  switch (reason) {
    case 'no-checkpoint':
      return l10n.t('there was no checkpoint');
    case 'other-model':
      return l10n.t('the model is another one');
    case 'other-context':
      return l10n.t('the window or the back end is another one');
    case 'other-prompt':
      return l10n.t('the system prompt has changed');
    case 'other-version':
      return l10n.t('the checkpoint is from another version');
    case 'missing':
      return l10n.t('the file of the checkpoint has gone');
    case 'damaged':
      return l10n.t('the file of the checkpoint is damaged');
    case 'journal-too-long':
      return l10n.t('more was said since the checkpoint than the window holds');
    case 'journal-damaged':
      return l10n.t('the record of what was said since the checkpoint is damaged');
    case 'crashed':
      return l10n.t('the engine crashed while it restored the checkpoint');
    case 'failed':
      return l10n.t('restoring the checkpoint failed');
    case 'edited':
      return l10n.t('an earlier message was edited or answered anew');
  }
}

/** What really runs, not what was wished for. */
export function runsOn(model: ModelFacts): string {
  const memory = model.deviceBytes === undefined ? [] : [bytes(model.deviceBytes)];
  const place = model.devices.length > 0 ? [...model.devices, ...memory].join(', ') : model.backend;
  return model.backend === 'cpu'
    ? l10n.t('{architecture}, on the CPU ({threads} threads)', { architecture: model.architecture, threads: model.threads })
    : l10n.t('{architecture}, {layers} of {total} layers on {place} ({backend})', {
        architecture: model.architecture,
        layers: model.gpuLayers,
        total: model.totalLayers,
        place,
        backend: model.backend,
      });
}

/** What brings CUDA, where it is more than a first download. */
export function cudaSentence(cuda: Status['cuda']): string | undefined {
  switch (cuda) {
    case 'download-again':
      return l10n.t('After the update of Endless the CUDA back end has to be downloaded again.');
    case 'restart':
      return l10n.t('The CUDA back end is there. The engine finds it when it is started anew.');
    case 'download':
    case undefined:
      return undefined;
  }
}
