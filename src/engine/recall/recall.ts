import type { CacheLayout } from '../../shared/cache-layout.ts';
import type { RecalledPassage, Turn } from '../../shared/protocol/turn.ts';
import type { FoundPassages, Passage, Transcript } from '../memory/transcript.ts';
import { heldIn, type TextTokens } from './held-text.ts';
import { recallBlock } from './recall-block.ts';
import { ASKED, excerptOf, relevantPassages, UNASKED } from './relevance.ts';

/** Passages that are looked at closer, of those that share words with a message. */
const CANDIDATES = 64;

export interface RecallRequest {
  readonly turn: Turn;
  /** What is in the cache, without the turn. */
  readonly layout: CacheLayout;
  /** Tokens that the block behind the message may take. */
  readonly budget: number;
  readonly tokens: TextTokens;
}

/**
 * What the model is to be shown with a message, of what it no longer has in its cache: passages that are about the same,
 * within the budget, oldest first. Nothing is looked for while nothing has left.
 */
export function recalledFor(transcript: Transcript, { turn, layout, budget, tokens }: RecallRequest): readonly RecalledPassage[] {
  const held = heldIn(layout, transcript, tokens);
  if (budget <= 0 || (transcript.evictedUpTo === 0 && !held.isPartly)) return [];
  const found = transcript.search(turn.message, { limit: CANDIDATES, except: held.wholeTurns });
  // What is attached to the message is shown with it in any case.
  const attached = turn.attachments ?? [];
  const isKnown: IsKnown = (passage) => held.holds(passage) || attached.some(({ text }) => text.includes(passage.text));
  const passages = found.passages.filter((passage) => !isKnown(passage));
  const relevant = relevantPassages({ ...found, passages }, turn.section, turn.recall?.asked ? ASKED : UNASKED);
  return fitting(relevant, { found, isKnown, fits: (chosen) => tokens.count(recallBlock(chosen)) <= budget });
}

/** Whether the model has a passage before it anyway. */
type IsKnown = (passage: Passage) => boolean;

interface Fitting {
  readonly found: FoundPassages;
  readonly isKnown: IsKnown;
  readonly fits: (chosen: readonly RecalledPassage[]) => boolean;
}

/** As many of the best as fit, and of the best one at least a part; each text once, in the order in which they were said. */
function fitting(passages: readonly Passage[], { found, isKnown, fits }: Fitting): readonly RecalledPassage[] {
  let chosen: readonly Passage[] = [];
  for (const passage of passages) {
    if (isAmong(chosen, passage.text)) continue;
    const more = (text: string): readonly Passage[] => [...chosen, { ...passage, text }].sort(bySaying);
    const text = excerptOf(passage.text, found, (excerpt) => fits(more(excerpt).map(toRecalled)));
    // A part may be there where the whole is not: as the excerpt that was shown with a message before.
    if (text !== undefined && !isKnown({ ...passage, text }) && !isAmong(chosen, text)) chosen = more(text);
  }
  return chosen.map(toRecalled);
}

function isAmong(chosen: readonly Passage[], text: string): boolean {
  return chosen.some((passage) => passage.text.includes(text));
}

function bySaying(a: Passage, b: Passage): number {
  return a.turnId - b.turnId || b.role.localeCompare(a.role) || a.start - b.start;
}

function toRecalled({ turnId, createdAt, role, text }: Passage): RecalledPassage {
  return { turnId, createdAt, role, text };
}
