import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { defineBench, type Measurement, type Progress } from '../program.ts';
import { check } from '../report.ts';
import { median, worst } from '../statistics.ts';
import { VsCodeSession, waitFor } from '../vscode-session.ts';

/** Longest that the provider may take to say that it has nothing to say, in milliseconds. */
const MOST_MS = 5;
/** Most processor time that completions may cost for a key in a long file beyond what they cost in a short one, in milliseconds. */
const MOST_EXTRA_CPU_MS = 1;

/** Longer than what is read around a cursor, and fifty times that. */
const SHORT_LINES = 1_000;
const LONG_LINES = 50_000;

/** Plain text is completed; what may be a secret is not, nor is Markdown here. */
const FILES = {
  short: { name: 'short.txt', lines: SHORT_LINES },
  long: { name: 'long.txt', lines: LONG_LINES },
  shortSecret: { name: 'short.pem', lines: SHORT_LINES },
  longSecret: { name: 'long.pem', lines: LONG_LINES },
  longMarkdown: { name: 'long.md', lines: LONG_LINES },
} as const;
type File = keyof typeof FILES;

/** Longer than passages and completions wait for calm, so that what they do then is not counted with the keys. */
const CALM_MS = 3_000;
const KEY_MS = 40;
/** VS Code asks when no key has come for 50 ms. */
const ASKED_KEY_MS = 120;

/** What a key costs the extension host, in files of any length, whether or not there is anything to complete. */
export const keys = defineBench({
  options: {
    keys: { default: 100, minimum: 10, help: 'keys that are pressed in each round' },
    rounds: { default: 5, minimum: 1, help: 'rounds in files short and long, completed and not, in turn' },
  },
  async measure({ keys: count, rounds }, progress): Promise<Measurement> {
    const workspace = await mkdtemp(join(tmpdir(), 'endless-keys-'));
    await writeFiles(workspace);
    const session = await VsCodeSession.open({ workspace, settings: SETTINGS, progress });
    try {
      await session.runCommand('Endless: Pause Completions');
      const paused = await refusals(session, 'long', count);
      await session.runCommand('Endless: Resume Completions');
      const refused = [...paused, ...(await refusals(session, 'longSecret', count)), ...(await refusals(session, 'longMarkdown', count))];
      progress('keys where nothing is completed');
      const typed = await typedKeys(session, count, rounds, progress);
      return measurement(refused, typed);
    } finally {
      await session.dispose();
      await rm(workspace, { recursive: true, force: true, maxRetries: 10 });
    }
  },
});

const SETTINGS = {
  'files.autoSave': 'off',
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.wordBasedSuggestions': 'off',
  '[markdown]': { 'endless.completions.enabled': false },
  '[plaintext]': { 'endless.completions.enabled': true },
};

/** A key after which there was nothing to say. */
interface RefusedKey {
  readonly file: File;
  readonly ms: number;
}

/** Keys in a file. */
interface TypedKeys {
  readonly file: File;
  readonly keys: number;
  /** Processor time of the extension host for each key. */
  readonly cpuMs: number;
}

async function writeFiles(workspace: string): Promise<void> {
  const text = (lines: number): string => Array.from({ length: lines }, (_, n) => `line ${n} of a file with many of them`).join('\n');
  for (const { name, lines } of Object.values(FILES)) await writeFile(join(workspace, name), text(lines));
}

/** How long the provider took for each key in a file that it does not complete, as it has noted itself. */
async function refusals(session: VsCodeSession, file: File, count: number): Promise<readonly RefusedKey[]> {
  await session.openFile(FILES[file].name);
  await type(session, count, ASKED_KEY_MS);
  const before = (await session.log()).length;
  await session.runCommand('Endless: Why No Completion Here?');
  return waitFor(async () => {
    const told = (await session.log()).slice(before);
    const times = [...told.matchAll(/\d+:\d+ .*\(after ([\d.]+) ms\)/g)].map(([, ms]) => ({ file, ms: Number(ms) }));
    return times.length > 0 ? times : undefined;
  });
}

/** The editor itself costs the extension host something, more in a long file: hence the files without completions. */
const MEASURED = ['short', 'shortSecret', 'long', 'longSecret'] as const satisfies readonly File[];

async function typedKeys(session: VsCodeSession, count: number, rounds: number, progress: Progress): Promise<readonly TypedKeys[]> {
  const [host] = session.processes.running('--type=extensionHost');
  if (host === undefined) throw new Error('The extension host was not found.');
  const results: TypedKeys[] = [];
  for (let round = 0; round <= rounds; round++) {
    for (const file of MEASURED) {
      await session.openFile(FILES[file].name);
      await delay(CALM_MS);
      const before = session.processes.cpuSecondsOf(host);
      await type(session, count);
      const cpuMs = ((session.processes.cpuSecondsOf(host) - before) * 1000) / count;
      // Code that runs for the first time is slow.
      if (round > 0) results.push({ file, keys: count, cpuMs });
      progress(`${FILES[file].name}: ${cpuMs.toFixed(2)} ms of processor time for a key`);
    }
  }
  return results;
}

/** Types in the middle of what is shown, as fast as a quick typist. */
async function type({ page }: VsCodeSession, count: number, delayMs = KEY_MS): Promise<void> {
  await page.locator('.editor-instance .view-lines').first().click();
  await page.keyboard.type('endless '.repeat(Math.ceil(count / 8)).slice(0, count), { delay: delayMs });
}

function measurement(refused: readonly RefusedKey[], typed: readonly TypedKeys[]): Measurement {
  const cpu = (file: File): number => median(typed.filter((keys) => keys.file === file).map(({ cpuMs }) => cpuMs));
  return {
    model: null,
    results: [...refused, ...typed],
    checks: [
      check('ms until the provider says that it has nothing to say, worst', worst(refused.map(({ ms }) => ms)), '<=', MOST_MS),
      check(
        `processor time of completions for a key in ${LONG_LINES} lines, beyond that in ${SHORT_LINES}, ms`,
        cpu('long') - cpu('longSecret') - (cpu('short') - cpu('shortSecret')),
        '<=',
        MOST_EXTRA_CPU_MS,
      ),
    ],
    tables: [
      {
        title: 'Keys where nothing is completed: how long the provider takes to say so',
        columns: ['file', 'keys', 'ms, median', 'worst'],
        rows: [...Map.groupBy(refused, ({ file }) => file)].map(([file, alike]) => {
          const times = alike.map(({ ms }) => ms);
          return [FILES[file].name, alike.length, median(times), worst(times)];
        }),
      },
      {
        title: 'Processor time of the whole extension host; what ends in .pem is not completed',
        columns: ['file', 'keys', 'ms for each, median of the rounds', 'worst'],
        rows: [...Map.groupBy(typed, ({ file }) => file)].map(([file, alike]) => {
          const times = alike.map(({ cpuMs }) => cpuMs);
          return [FILES[file].name, alike.length * (alike[0]?.keys ?? 0), median(times), worst(times)];
        }),
      },
    ],
  };
}
