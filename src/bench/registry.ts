import type { BenchProgram } from './program.ts';

/** A program that can be named on the command line; its code is loaded when it is. */
export interface BenchEntry {
  readonly name: string;
  /** What it measures, in a line. */
  readonly summary: string;
  readonly load: () => Promise<BenchProgram>;
}

/** All measuring programs, in the order of `--help`. */
export const PROGRAMS: readonly BenchEntry[] = [
  {
    name: 'ttft',
    summary: 'Time to first token and tokens decoded in every turn: the rolling cache beside the LlamaChatSession of the library.',
    load: async () => (await import('./programs/ttft.ts')).ttft,
  },
  {
    name: 'latency',
    summary: 'Time per decoded token with a full window, from small windows to large ones: the rolling cache beside re-computation.',
    load: async () => (await import('./programs/latency.ts')).latency,
  },
  {
    name: 'overhead',
    summary: 'What a token costs beyond its decode: in the product with a client that is told it, in the library, in a bare loop.',
    load: async () => (await import('./programs/overhead.ts')).overhead,
  },
  {
    name: 'transcript',
    summary: 'What a conversation of 100,000 turns costs to keep: opening it, writing a turn, paging through it.',
    load: async () => (await import('./programs/transcript.ts')).transcript,
  },
  {
    name: 'activate',
    summary: 'Time of activate() in the extension host of a real VS Code (code-server), size of its bundle, and what activation starts.',
    load: async () => (await import('./programs/activate.ts')).activate,
  },
  {
    name: 'frames',
    summary:
      'How smooth the sidebar stays with 10,000 messages while an answer comes and while it is scrolled, and what relaying costs the extension host.',
    load: async () => (await import('./programs/frames.ts')).frames,
  },
  {
    name: 'keys',
    summary:
      'What a key costs the extension host of a real VS Code, in files short and long, whether or not there is anything to complete.',
    load: async () => (await import('./programs/keys.ts')).keys,
  },
  {
    name: 'idle',
    summary: 'Processor time of an idle engine with a model loaded and a client connected, and what is left when the client has gone.',
    load: async () => (await import('./programs/idle.ts')).idle,
  },
  {
    name: 'perplexity',
    summary:
      'Perplexity of a long text with dense, window and re-computed attention and with the rolling cache, by sinks, window and chunk.',
    load: async () => (await import('./programs/perplexity.ts')).perplexity,
  },
  {
    name: 'streameval',
    summary: 'StreamEval: which lines of a stream the model can still look up, by their distance and the size of the cache.',
    load: async () => (await import('./programs/streameval.ts')).streameval,
  },
  {
    name: 'recall',
    summary: 'What is recalled of what has left the cache: StreamEval up to 50 windows back, and questions about a working day.',
    load: async () => (await import('./programs/recall.ts')).recall,
  },
  {
    name: 'streamqa',
    summary: 'Rounds of multiple-choice questions as one unbroken stream: each for itself, window attention, and the rolling cache.',
    load: async () => (await import('./programs/streamqa.ts')).streamqa,
  },
  {
    name: 'completion',
    summary:
      'What a completion costs while somebody types: tokens and time after each key, beside the infill of the library and a busy chat.',
    load: async () => (await import('./programs/completion.ts')).completion,
  },
  {
    name: 'edits',
    summary:
      'What becomes of answers of models that are to change code: how many are applied as they are meant, and that none is applied wrong.',
    load: async () => (await import('./programs/edits.ts')).edits,
  },
  {
    name: 'lanes',
    summary: 'What commands beside a conversation with a full window leave behind, and what predicting from the request saves.',
    load: async () => (await import('./programs/lanes.ts')).lanes,
  },
  {
    name: 'restore',
    summary: 'What it takes to come back to a full window: reading it again, beside its checkpoint.',
    load: async () => (await import('./programs/restore.ts')).restore,
  },
  {
    name: 'sanity',
    summary: 'What the bundled model says to what it was taught, whether the code it writes parses, and which lines it can fill in.',
    load: async () => (await import('./programs/sanity.ts')).sanity,
  },
  {
    name: 'soak',
    summary: 'A conversation of millions of tokens, by tenths: perplexity, time per token, memory, and that nothing is decoded twice.',
    load: async () => (await import('./programs/soak.ts')).soak,
  },
  {
    name: 'oracle',
    summary: 'Whether the rolling cache equals a fresh prefill of what it holds, and which architectures it is refused to.',
    load: async () => (await import('./programs/oracle.ts')).oracle,
  },
];
