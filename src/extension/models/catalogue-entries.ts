import * as vscode from 'vscode';
import { CATALOGUE, type CatalogueModel, type Strength } from '../../shared/catalogue.ts';
import { downloadText, sizeText } from '../../shared/download-sentences.ts';
import { isUnderWay, type Download, type Purpose } from '../../shared/downloads.ts';
import type { Fit, RankedModel } from '../../shared/ranked-models.ts';
import { heading, type EntryButton, type EntrySource, type ListParts, type ModelEntry } from './model-entry.ts';

/** The models that can be downloaded, those that suit this machine best first, and the very best under a heading of its own. */
export const catalogueEntries: EntrySource = async (parts) => {
  const connection = await parts.engine.retry();
  const { gpu, threads, window } = parts.configuration.engineSettings;
  const [{ models }, local] = await Promise.all([connection.request('rankModels', { settings: { gpu, threads, window } }), parts.local]);
  const there = new Set(local.map(({ uri }) => uri));
  const offered = models.flatMap((ranked) => {
    const model = CATALOGUE.find(({ id }) => id === ranked.id);
    return model && !there.has(model.uri) ? [{ model, ranked }] : [];
  });
  const best = offered.find(({ model, ranked }) => isForChat(model) && ranked.fit !== 'tooLarge');
  const others = offered.filter((one) => one !== best);
  const section = (title: string, chosen: typeof offered): readonly ModelEntry[] =>
    chosen.length === 0 ? [] : [heading(title), ...chosen.map(({ model, ranked }) => entryOf(model, ranked, parts))];
  return [
    ...section(vscode.l10n.t('Recommended for this machine'), best ? [best] : []),
    ...section(vscode.l10n.t('To download, for chat and completions'), others.filter(({ model }) => isForChat(model))),
    ...section(vscode.l10n.t('To download, for completions only'), others.filter(({ model }) => !isForChat(model))),
  ];
};

function isForChat({ abilities }: CatalogueModel): boolean {
  return abilities.includes('chat');
}

function entryOf(model: CatalogueModel, ranked: RankedModel, parts: ListParts): ModelEntry {
  const { uri, name } = model;
  const purpose = isForChat(model) ? 'chat' : 'completions';
  const download = parts.downloads.all.find((one) => one.uri === uri);
  const start = (wanted: Purpose): Promise<void> => parts.chooser.download({ uri, name }, wanted);
  return {
    label: `${ranked.fit === 'tooLarge' ? '$(circle-slash)' : '$(cloud-download)'} ${name}`,
    description: [sizeText(model.approximateBytes, vscode.env.language), fitText(ranked.fit)].join(' · '),
    detail: download ? downloadText(vscode.l10n, download, vscode.env.language) : detailOf(model, ranked),
    buttons: [
      ...(purpose === 'chat' && model.abilities.includes('completions') ? [forCompletions(start)] : []),
      ...(download ? [ending(download, parts)] : []),
      page(uri),
    ],
    pick: () => start(purpose),
  };
}

function detailOf(model: CatalogueModel, { memoryBytes, rolls }: RankedModel): string {
  return [
    strengthText(model.strength),
    vscode.l10n.t('{memory} of memory', { memory: sizeText(memoryBytes, vscode.env.language) }),
    ...(rolls ? [] : [vscode.l10n.t('its cache cannot roll')]),
    model.licence.name,
  ].join(' · ');
}

function forCompletions(start: (purpose: Purpose) => Promise<void>): EntryButton {
  return {
    iconPath: new vscode.ThemeIcon('sparkle'),
    tooltip: vscode.l10n.t('Download for completions only'),
    press: () => start('completions'),
  };
}

function ending(download: Download, { chooser }: ListParts): EntryButton {
  const stops = isUnderWay(download);
  return {
    iconPath: new vscode.ThemeIcon(stops ? 'debug-stop' : 'trash'),
    tooltip: stops ? vscode.l10n.t('Stop the download') : vscode.l10n.t('Delete what has come in'),
    press: () => chooser.endDownload(download.uri, !stops),
  };
}

/** Where the model's own page is, whatever mirror it is downloaded from. */
function page(uri: string): EntryButton {
  const [owner = '', repository = ''] = uri.slice('hf:'.length).split('/');
  return {
    iconPath: new vscode.ThemeIcon('link-external'),
    tooltip: vscode.l10n.t('Open the page of the model'),
    press: async () => vscode.env.openExternal(vscode.Uri.parse(`https://huggingface.co/${owner}/${repository}`)),
  };
}

function fitText(fit: Fit): string {
  switch (fit) {
    case 'gpu':
      return vscode.l10n.t('runs fully on your GPU');
    case 'partly':
      return vscode.l10n.t('runs partly on your GPU');
    case 'cpu':
      return vscode.l10n.t('runs on the CPU');
    case 'tooLarge':
      return vscode.l10n.t('too large for this machine');
  }
}

function strengthText(strength: Strength): string {
  switch (strength) {
    case 'tinyCode':
      return vscode.l10n.t('Completions and short answers on any machine');
    case 'smallCode':
      return vscode.l10n.t('Quick completions, simple questions about code');
    case 'code':
      return vscode.l10n.t('Good with code, and completes it');
    case 'strongCode':
      return vscode.l10n.t('Strong with code, also over several files');
    case 'largeCode':
      return vscode.l10n.t('Among the strongest with code; slow without a large GPU');
    case 'completions':
      return vscode.l10n.t('Made for completions, cannot chat');
    case 'general':
      return vscode.l10n.t('Good all-rounder for conversation and code');
    case 'thinking':
      return vscode.l10n.t('Thinks before it answers: better, but later');
    case 'expertCode':
      return vscode.l10n.t('Strong with code, and fast for its size (mixture of experts)');
  }
}
