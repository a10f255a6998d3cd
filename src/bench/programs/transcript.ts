import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { breakSeal } from '../../engine/memory/seal.ts';
import { Transcript } from '../../engine/memory/transcript.ts';
import { ownFiles } from '../corpus/corpus.ts';
import { defineBench, type Measurement, type Progress } from '../program.ts';
import { check } from '../report.ts';
import { median, worst } from '../statistics.ts';

/** Turns of a page, as the sidebar asks for them. */
const PAGE_TURNS = 50;

/** Longest time that each may take in a conversation of 100,000 turns, in milliseconds. */
const MOST_MS = { open: 200, append: 5, search: 50 } as const;

/** Results of a search that are asked for. */
const HITS = 100;

const CONVERSATION = 'bench';
/** Lines of code in an answer. */
const ANSWER_LINES = 10;

/** What a long conversation costs to keep: opening it, writing a turn, paging through it and searching it. */
export const transcript = defineBench({
  options: {
    turns: { default: 100_000, minimum: 1_000, help: 'turns that the conversation has' },
    repeat: { default: 20, minimum: 1, help: 'how often each is measured' },
  },
  async measure({ turns, repeat }, progress): Promise<Measurement> {
    const directory = await mkdtemp(join(tmpdir(), 'endless-transcript-'));
    try {
      fill(directory, turns, progress);
      const times = Array.from({ length: repeat }, (_, at) => measureOnce(directory, turns, at));
      const of = (what: keyof Times): readonly number[] => times.map((time) => time[what]);
      return {
        model: null,
        results: times.map((time) => ({ ...time })),
        checks: [
          check('ms to open, at the worst', worst(of('open')), '<=', MOST_MS.open),
          check('ms to open after a crash, median', median(of('openUnchecked')), '<=', MOST_MS.open),
          check('ms to append a turn', median(of('append')), '<=', MOST_MS.append),
          check('ms to search, at the worst', worst(of('search')), '<=', MOST_MS.search),
        ],
        tables: [
          {
            title: `A conversation of ${turns} turns, in milliseconds`,
            columns: ['', 'median', 'worst'],
            rows: (['open', 'openUnchecked', 'firstAppend', 'append', 'newestPage', 'pageInTheMiddle', 'search'] as const).map((what) => [
              what,
              median(of(what)),
              worst(of(what)),
            ]),
          },
        ],
      };
    } finally {
      await rm(directory, { recursive: true });
    }
  },
});

interface Times {
  readonly open: number;
  /** After a crash, when it has to be looked through. */
  readonly openUnchecked: number;
  /** A message, its answer and how it ended; the first one begins the log of the database. */
  readonly firstAppend: number;
  readonly append: number;
  readonly newestPage: number;
  readonly pageInTheMiddle: number;
  readonly search: number;
}

/** Lines of the sources of this repository that say something, counted round. */
const lines = ownFiles().flatMap(({ text }) => text.split('\n').filter((line) => /\w{4}/.test(line)));

function lineAt(at: number): string {
  return lines[at % lines.length] ?? '';
}

function fill(directory: string, turns: number, progress: Progress): void {
  const conversation = Transcript.open(directory, CONVERSATION);
  for (let at = 0; at < turns; at++) {
    append(conversation, `fill-${at}`, at);
    if ((at + 1) % 10_000 === 0) progress(`${at + 1} of ${turns} turns are written`);
  }
  conversation.close();
}

function measureOnce(directory: string, turns: number, at: number): Times {
  breakSeal(join(directory, 'conversations', `${CONVERSATION}.sqlite`));
  const [unchecked, openUnchecked] = timed(() => Transcript.open(directory, CONVERSATION));
  unchecked.close();
  const [conversation, open] = timed(() => Transcript.open(directory, CONVERSATION));
  const [, newestPage] = timed(() => conversation.turns(PAGE_TURNS));
  const [, pageInTheMiddle] = timed(() => conversation.turns(PAGE_TURNS, Math.floor(turns / 2)));
  const [, firstAppend] = timed(() => append(conversation, `first-${at}`, at));
  const [, nextAppend] = timed(() => append(conversation, `next-${at}`, at));
  const [, search] = timed(() => conversation.search(lineAt(at * 101 + 7), { limit: HITS, isTyped: true }));
  conversation.close();
  return { open, openUnchecked, firstAppend, append: nextAppend, newestPage, pageInTheMiddle, search };
}

function append(conversation: Transcript, key: string, at: number): void {
  const { turn } = conversation.add(key, `Why does this not do what I think, and what would you write instead? ${lineAt(at * 13)}`);
  conversation.appendAnswer(turn.id, Array.from({ length: ANSWER_LINES }, (_, line) => lineAt(at * 7 + line)).join('\n'));
  conversation.change(turn.id, { state: 'done', finish: 'end' });
}

/** The result, and how long it took in milliseconds. */
function timed<T>(work: () => T): readonly [T, number] {
  const start = performance.now();
  const result = work();
  return [result, performance.now() - start];
}
