import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transcript } from '../../engine/memory/transcript.ts';
import { defineBench, type Measurement, type Progress } from '../program.ts';
import { check } from '../report.ts';
import { median, worst } from '../statistics.ts';

/** Turns of a page, as the sidebar asks for them. */
const PAGE_TURNS = 50;

/** Longest time that each may take in a conversation of 100,000 turns, in milliseconds. */
const MOST_MS = { open: 200, append: 5 } as const;

const CONVERSATION = 'bench';
const MESSAGE = 'why does this function return undefined when the list is empty, and what would you write instead? ';
const ANSWER = 'The loop never runs for an empty list, so nothing is returned. Return the neutral element first. '.repeat(8);

/** What a long conversation costs to keep: opening it, writing a turn, and paging through it. */
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
          check('ms to append a turn', median(of('append')), '<=', MOST_MS.append),
        ],
        tables: [
          {
            title: `A conversation of ${turns} turns, in milliseconds`,
            columns: ['', 'median', 'worst'],
            rows: (['open', 'firstAppend', 'append', 'newestPage', 'pageInTheMiddle'] as const).map((what) => [
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
  /** A message, its answer and how it ended; the first one begins the log of the database. */
  readonly firstAppend: number;
  readonly append: number;
  readonly newestPage: number;
  readonly pageInTheMiddle: number;
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
  const [conversation, open] = timed(() => Transcript.open(directory, CONVERSATION));
  const [, newestPage] = timed(() => conversation.turns(PAGE_TURNS));
  const [, pageInTheMiddle] = timed(() => conversation.turns(PAGE_TURNS, Math.floor(turns / 2)));
  const [, firstAppend] = timed(() => append(conversation, `first-${at}`, at));
  const [, nextAppend] = timed(() => append(conversation, `next-${at}`, at));
  conversation.close();
  return { open, firstAppend, append: nextAppend, newestPage, pageInTheMiddle };
}

function append(conversation: Transcript, key: string, at: number): void {
  const { turn } = conversation.add(key, `${MESSAGE}${at}`);
  conversation.appendAnswer(turn.id, ANSWER);
  conversation.change(turn.id, { state: 'done', finish: 'end' });
}

/** The result, and how long it took in milliseconds. */
function timed<T>(work: () => T): readonly [T, number] {
  const start = performance.now();
  const result = work();
  return [result, performance.now() - start];
}
