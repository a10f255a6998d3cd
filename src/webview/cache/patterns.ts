import { svg, type TemplateResult } from 'lit';
import type { SegmentMeaning } from '../../shared/cache-layout.ts';

/** What is drawn in a pattern beside its colour, so that it can be told apart without that. Turns, the most by far, are plain. */
const PATTERNED = ['sink', 'instructions', 'pinned', 'draft'] as const satisfies readonly SegmentMeaning[];

/** The patterns of the map and its legend, to be laid over the colours. */
export function patternDefinitions(): TemplateResult {
  return svg`<defs>${PATTERNED.map(
    (meaning) =>
      svg`<pattern id="cache-${meaning}" class="pattern" width="6" height="6" patternUnits="userSpaceOnUse"><path d=${MARKS[meaning]} /></pattern>`,
  )}</defs>`;
}

/** Where the pattern of a meaning is to be had; nothing for those that are plain. */
export function patternOf(meaning: SegmentMeaning | 'free'): string {
  return PATTERNED.some((patterned) => patterned === meaning) ? `url(#cache-${meaning})` : 'none';
}

/** Slanting lines, level lines, upright lines, a grid. */
const MARKS: Readonly<Record<(typeof PATTERNED)[number], string>> = {
  sink: 'M-1.5 1.5l3-3M0 6l6-6M4.5 7.5l3-3',
  instructions: 'M0 3h6',
  pinned: 'M3 0v6',
  draft: 'M0 3h6M3 0v6',
};
