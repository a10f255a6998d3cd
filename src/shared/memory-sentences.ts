import type { Localizer } from './error-sentences.ts';
import type { ContextFacts, ModelFacts } from './protocol/model-facts.ts';
import type { Freed, Status } from './protocol/status.ts';

/** Writes a number as the user's language does. */
export type Count = (value: number) => string;

/** What of the wishes the memory or the model did not allow, a sentence for each. Host and webview say it alike. */
export function memorySentences(
  l10n: Localizer,
  { model, contexts = [] }: Pick<Status, 'model' | 'contexts'>,
  count: Count,
): readonly string[] {
  const sentences = [
    ...(model ? [backendSentence(l10n, model), fallbackSentence(l10n, model, count), windowSentence(l10n, model, count)] : []),
    ...(model?.quantizedValues === false
      ? [l10n.t('The values of the cache are kept in 16 bits: the model does not allow for fewer.')]
      : []),
    ...(model?.reserveCut ? [besideSentence(l10n, model.reserveCut, count)] : []),
    ...contexts.map((context) => contextSentence(l10n, context, count)),
  ];
  return sentences.filter((sentence) => sentence !== undefined);
}

/** Why no model is in memory, and what brings it back. */
export function freedSentence(l10n: Localizer, { reason }: Freed): string {
  switch (reason) {
    case 'command':
      return l10n.t('The GPU is free, as you wished. The next message loads the model again, with the conversation as it was.');
    case 'idle':
      return l10n.t(
        'Nothing was asked for a while, so the model was unloaded. The next message loads it again, with the conversation as it was.',
      );
    case 'battery':
      return l10n.t(
        'The machine runs on battery, so the model was unloaded. The next message loads it again, with the conversation as it was.',
      );
  }
}

/** Why it is this back end, where a better one might be expected. */
function backendSentence(l10n: Localizer, { backend, backendReason }: ModelFacts): string | undefined {
  switch (backendReason) {
    case 'turned-off':
      return l10n.t('CPU: the settings say that no GPU is to be used.');
    case 'no-cuda':
      return l10n.t('Vulkan: no CUDA runtime was found.');
    case 'cuda-unusable':
      return l10n.t('{backend}: there is a CUDA runtime, but the back end for it is not installed or does not work.', {
        backend: backend === 'cpu' ? 'CPU' : 'Vulkan',
      });
    case 'no-gpu':
      return l10n.t('CPU: no GPU was found.');
    case 'no-device':
      return l10n.t('CPU: there is a driver, but it knows of no GPU.');
    case 'gpu-failed':
      return l10n.t('CPU: the back end of the GPU does not work. The log says why.');
    case 'no-room':
      return l10n.t('CPU: the memory of the GPU is not enough for this model.');
    case undefined:
      return undefined;
  }
}

/** What was given up for the sake of the GPU's memory, by plan or because allocating failed. */
function fallbackSentence(l10n: Localizer, { fallback, backend, gpuLayers, totalLayers }: ModelFacts, count: Count): string | undefined {
  const layers = count(totalLayers - gpuLayers);
  switch (fallback) {
    case 'fewer-layers':
      return l10n.t('The GPU could not hold the model as planned, so layers run on the CPU: {layers}.', { layers });
    case 'smaller-window':
      return l10n.t('The GPU could not hold the model with the whole window, so the window was halved.');
    case 'cpu':
      return undefined;
    case undefined:
      if (backend === 'cpu' || gpuLayers >= totalLayers) return undefined;
      return l10n.t('The GPU has no room for all layers beside the window. Layers that run on the CPU: {layers}.', { layers });
  }
}

function windowSentence(l10n: Localizer, { window, wishedWindow, windowLimit }: ModelFacts, count: Count): string | undefined {
  const figures = { tokens: count(window), wished: count(wishedWindow) };
  switch (windowLimit) {
    case 'trained':
      return l10n.t('The window is {tokens} tokens, since the model was trained on no more; {wished} were wished for.', figures);
    case 'memory':
      return l10n.t('The window is {tokens} tokens, since the memory has no room for more; {wished} were wished for.', figures);
    case undefined:
      return undefined;
  }
}

function besideSentence(l10n: Localizer, { tokens, wished }: NonNullable<ModelFacts['reserveCut']>, count: Count): string {
  return l10n.t(
    'For what is asked beside the conversation there are {tokens} tokens, since the memory has no room for more; {wished} were planned.',
    { tokens: count(tokens), wished: count(wished) },
  );
}

function contextSentence(l10n: Localizer, { role, tokens, wished, limit }: ContextFacts, count: Count): string | undefined {
  const figures = { tokens: count(tokens), wished: count(wished) };
  switch (limit) {
    case 'trained':
      return role === 'completion'
        ? l10n.t('Completions see {tokens} tokens, since the model was trained on no more; {wished} were wished for.', figures)
        : l10n.t('Requests have {tokens} tokens, since the model was trained on no more; {wished} were wished for.', figures);
    case 'memory':
      return role === 'completion'
        ? l10n.t('Completions see {tokens} tokens, since the memory has no room for more; {wished} were wished for.', figures)
        : l10n.t('Requests have {tokens} tokens, since the memory has no room for more; {wished} were wished for.', figures);
    case undefined:
      return undefined;
  }
}
