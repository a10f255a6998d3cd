import { existsSync } from 'node:fs';
import { connectToEngine } from '../../link/connect.ts';
import { readRecord } from '../../link/run-directory.ts';
import { defineBench, type Measurement, type Progress } from '../program.ts';
import { check } from '../report.ts';
import { median, worst } from '../statistics.ts';
import { VsCodeSession, waitFor } from '../vscode-session.ts';

/** Longest median of activate(), in milliseconds. */
const MOST_MS = 30;

/** Most code that activation loads into the extension host, minified, in bytes. */
const MOST_BYTES = 300_000;

/** Needs neither the engine nor a model. */
const HARMLESS_COMMAND = 'Endless: Show Log';
/** Shows the chat, which looks for an engine and starts it. */
const CHAT_COMMAND = 'Endless: Open Chat';

/** What the extension costs a window that does not use it. */
export const activate = defineBench({
  options: { repeat: { default: 10, minimum: 1, help: 'page loads, each with an extension host of its own' } },
  async measure({ repeat }, progress): Promise<Measurement> {
    const session = await VsCodeSession.open({ workspace: 'sample', progress });
    try {
      return measurement({ ...(await observe(session, repeat, progress)), bundleBytes: session.bundleBytes });
    } finally {
      await session.dispose();
    }
  },
});

interface Observed {
  readonly times: readonly number[];
  /** Engines started by activating, 0 or 1. */
  readonly enginesStarted: number;
  /** Models loaded by showing the chat, 0 or 1. */
  readonly modelsLoaded: number;
}

async function observe(session: VsCodeSession, repeat: number, progress: Progress): Promise<Observed> {
  for (let load = 1; load <= repeat; load++) {
    if (load > 1) await session.load();
    await session.runCommand(HARMLESS_COMMAND);
    const times = await waitFor(async () => {
      const found = await activationTimes(session);
      return found.length >= load ? found : undefined;
    });
    progress(`activated in ${times.at(-1) ?? NaN} ms (${load} of ${repeat})`);
  }
  const enginesStarted = existsSync(session.runFolder) ? 1 : 0;
  await session.runCommand(CHAT_COMMAND);
  return { times: await activationTimes(session), enginesStarted, modelsLoaded: await modelsLoaded(session.runFolder) };
}

/** The times that every extension host so far has written into its log, in milliseconds. */
async function activationTimes(session: VsCodeSession): Promise<readonly number[]> {
  return [...(await session.log()).matchAll(/activated in ([\d.]+) ms/g)].map((match) => Number(match[1]));
}

/** Asks the engine that the chat has started; that it is there shows that one would have been seen before. */
async function modelsLoaded(directory: string): Promise<number> {
  await waitFor(() => readRecord(directory));
  const start = (): never => {
    throw new Error('The engine that the chat started does not answer.');
  };
  const connection = await connectToEngine({ directory, client: 'bench', start });
  try {
    const { status } = await connection.request('open', { address: { conversationId: 'bench' }, turns: 1 });
    return status.model ? 1 : 0;
  } finally {
    connection.close();
  }
}

function measurement({ times, enginesStarted, modelsLoaded, bundleBytes }: Observed & { readonly bundleBytes: number }): Measurement {
  return {
    model: null,
    results: [...times.map((activationMs, at) => ({ load: at + 1, activationMs })), { bundleBytes, enginesStarted, modelsLoaded }],
    checks: [
      check('median time of activate() in ms', median(times), '<=', MOST_MS),
      check('code loaded by activation, minified, in bytes', bundleBytes, '<=', MOST_BYTES),
      check('engines started by activation', enginesStarted, '<=', 0),
      check('models loaded by showing the chat', modelsLoaded, '<=', 0),
    ],
    tables: [
      {
        title: 'activate()',
        columns: ['page loads', 'median ms', 'worst ms', 'bundle bytes'],
        rows: [[times.length, median(times), worst(times), bundleBytes]],
      },
    ],
  };
}
