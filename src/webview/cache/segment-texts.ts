import * as l10n from '@vscode/l10n';
import { meaningOf, turnsIn, type CacheLayout } from '../../shared/cache-layout.ts';
import { figures } from '../localization.ts';
import type { MapItem } from './map-layout.ts';

/** A segment in words. */
export interface SegmentText {
  /** What it is. */
  readonly name: string;
  /** Its tokens and positions, and what is missing of it. */
  readonly extent: string;
  /** How its message begins, where that is known. */
  readonly message: string | undefined;
}

export type Messages = ReadonlyMap<number, string>;

export function segmentText({ segment, start, tokens }: MapItem, layout: CacheLayout, messages: Messages): SegmentText {
  const extent = [positions(start, tokens), ...(segment && segment.evicted > 0 ? [missing(segment.evicted)] : [])].join(' · ');
  if (!segment) return { name: l10n.t('Free'), extent, message: undefined };
  const { turnId } = segment;
  return { name: nameOf(segment, layout), extent, message: turnId === undefined ? undefined : messages.get(turnId) };
}

/** All of it in one sentence, for those who do not see the map. */
export function sentenceOf({ name, extent, message }: SegmentText): string {
  return [name, extent, ...(message === undefined ? [] : [message])].join(' · ');
}

function nameOf(segment: NonNullable<MapItem['segment']>, layout: CacheLayout): string {
  const turns = turnsIn(layout);
  const place = { number: turns.indexOf(segment.turnId ?? NaN) + 1, total: turns.length };
  const isSent = layout.strategy === 'resend';
  switch (meaningOf(segment)) {
    case 'sink':
      return isSent ? l10n.t('System prompt') : l10n.t('Sinks: the system prompt');
    case 'instructions':
      return l10n.t('Instructions of the workspace');
    case 'pinned':
      return isSent
        ? l10n.t('Pinned: turn {number} of {total} that are sent', place)
        : l10n.t('Pinned: turn {number} of {total} in the cache', place);
    case 'turn':
      return isSent ? l10n.t('Turn {number} of {total} that are sent', place) : l10n.t('Turn {number} of {total} in the cache', place);
    case 'draft':
      return l10n.t('Attached to the message that is being written');
  }
}

function positions(start: number, tokens: number): string {
  const at = { tokens: figures.count(tokens), first: figures.count(start), last: figures.count(start + tokens - 1) };
  return tokens === 1 ? l10n.t('1 token at position {first}', at) : l10n.t('{tokens} tokens at positions {first}–{last}', at);
}

function missing(tokens: number): string {
  return tokens === 1
    ? l10n.t('1 token of its beginning has left')
    : l10n.t('{0} tokens of its beginning have left', figures.count(tokens));
}
