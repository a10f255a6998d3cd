import type { ObservedPage } from '../frames/observed.ts';
import { relay, type Relaying } from '../frames/relaying.ts';
import { Sidebar } from '../frames/sidebar.ts';
import { defineBench, type Measurement } from '../program.ts';
import { check } from '../report.ts';
import { median, quantile, worst } from '../statistics.ts';

/** Tasks of more than 50 ms in a minute of streaming. */
const MOST_LONG_TASKS = 1;
/** Part of a processor that a window may take to relay an answer, in percent. */
const MOST_CPU_PERCENT = 5;

/** A frame that came so late has left out others, in milliseconds. */
const LATE_MS = 33.4;

/** How smooth the sidebar stays with a long conversation, and what relaying an answer costs the extension host. */
export const frames = defineBench({
  options: {
    seconds: { default: 60, minimum: 1, help: 'how long an answer comes' },
    rate: { default: 100, minimum: 1, help: 'tokens in a second' },
    runs: { default: 3, minimum: 1, help: 'answers, each in a sidebar of its own' },
    step: { default: 400, minimum: 1, help: 'pixels in a frame when scrolling through 10,000 messages' },
  },
  async measure({ seconds, rate, runs, step }, progress): Promise<Measurement> {
    const streamed: ObservedPage[] = [];
    for (let run = 1; run <= runs; run++) {
      progress(`an answer of ${seconds} s (${run} of ${runs})`);
      streamed.push(await inSidebar((sidebar) => sidebar.stream(seconds, rate)));
    }
    progress('scrolling from the end to the beginning');
    const scrolled = await inSidebar((sidebar) => sidebar.scrollUp(step));
    progress('relaying an answer');
    return measurement(streamed, scrolled, await relay(seconds, rate));
  },
});

async function inSidebar(work: (sidebar: Sidebar) => Promise<ObservedPage>): Promise<ObservedPage> {
  const sidebar = await Sidebar.open();
  try {
    return await work(sidebar);
  } finally {
    await sidebar.close();
  }
}

/** Results of a page, without its thousands of frames. */
interface PageResult {
  readonly work: 'stream' | 'scroll';
  readonly seconds: number;
  readonly messages: number;
  readonly longTasks: number;
  readonly longTasksPerMinute: number;
  readonly worstTaskMs: number;
  readonly frames: number;
  readonly frameMs: number;
  readonly p95FrameMs: number;
  readonly worstFrameMs: number;
  readonly lateFrames: number;
}

function resultOf(work: PageResult['work'], { longTasks, frames: times, ms, told }: ObservedPage): PageResult {
  return {
    work,
    seconds: ms / 1000,
    messages: told,
    longTasks: longTasks.length,
    longTasksPerMinute: (longTasks.length * 60_000) / ms,
    worstTaskMs: worst([0, ...longTasks]),
    frames: times.length,
    frameMs: median(times),
    p95FrameMs: quantile(times, 0.95),
    worstFrameMs: worst(times),
    lateFrames: times.filter((time) => time > LATE_MS).length,
  };
}

function measurement(streamed: readonly ObservedPage[], scrolled: ObservedPage, relaying: Relaying): Measurement {
  const pages = [...streamed.map((page) => resultOf('stream', page)), resultOf('scroll', scrolled)];
  const cpuPercent = (relaying.cpuMs / relaying.ms) * 100;
  const ofStreams = pages.filter(({ work }) => work === 'stream');
  return {
    model: null,
    results: [...pages, { work: 'relay', ...relaying, cpuPercent, mostTurns: scrolled.mostTurns }],
    checks: [
      check(
        'tasks of more than 50 ms in a minute of streaming, worst run',
        worst(ofStreams.map(({ longTasksPerMinute }) => longTasksPerMinute)),
        '<=',
        MOST_LONG_TASKS,
      ),
      check('processor of the extension host for relaying, %', cpuPercent, '<=', MOST_CPU_PERCENT),
    ],
    tables: [
      {
        title: 'The sidebar, tasks of more than 50 ms and frames',
        columns: ['work', 's', 'long tasks', 'a minute', 'worst ms', 'frame ms, median', '95 %', 'worst', 'late'],
        rows: pages.map((page) => [
          page.work,
          page.seconds,
          page.longTasks,
          page.longTasksPerMinute,
          page.worstTaskMs,
          page.frameMs,
          page.p95FrameMs,
          page.worstFrameMs,
          page.lateFrames,
        ]),
      },
      {
        title: 'The extension host, relaying',
        columns: ['s', 'messages', 'bytes', 'processor ms', '%'],
        rows: [[relaying.ms / 1000, relaying.messages, relaying.bytes, relaying.cpuMs, cpuPercent]],
      },
    ],
  };
}
