import { cpSync, mkdirSync, mkdtempSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { Token } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { distributionAfter, divergence } from '../../src/engine/cache/distribution.ts';
import { usedTokens } from '../../src/engine/cache/segments.ts';
import type { Dialogue } from '../../src/engine/conversation/dialogue.ts';
import { pastTurn } from '../../src/engine/conversation/past-turns.ts';
import { Residency } from '../../src/engine/conversation/residency.ts';
import { CheckpointFiles } from '../../src/engine/memory/checkpoint-files.ts';
import { Transcript } from '../../src/engine/memory/transcript.ts';
import { loadModel, type LoadedModel } from '../../src/engine/model/loaded-model.ts';
import type { Segment } from '../../src/shared/cache-layout.ts';
import type { EngineSettings } from '../../src/shared/protocol/engine-settings.ts';
import type { CacheOrigin } from '../../src/shared/protocol/status.ts';
import type { Turn } from '../../src/shared/protocol/turn.ts';
import { DEFAULT_SETTINGS, enginePreferences } from '../../src/shared/settings.ts';
import { BUNDLED_MODEL, testSettings } from '../engine/bundled-model.ts';
import { ADDRESS, EnginePlace, Participant } from '../engine/engine-process.ts';
import { writeExactWeights } from './harness/exact-weights.ts';
import { UnbrokenRun } from './harness/unbroken-run.ts';

const KILLS = 50;

/** The divergence, in nats, up to which a restored cache counts as that of a run which was never killed. */
const MOST_DIVERGENCE = 1e-4;

const WINDOW = 512;
let settings: EngineSettings;

/** Whatever the engine is doing when it is killed; `any` is a moment by the clock. */
const MOMENTS = ['prefill', 'decode', 'eviction', 'checkpoint', 'database', 'any'] as const;
type Moment = (typeof MOMENTS)[number];

/** What was seen of the turn that was killed, and of the one before. */
interface Killed {
  readonly before: number;
  readonly id: number;
  readonly text: string;
}

/** What was found after a kill. */
interface Finding {
  readonly moment: Moment;
  readonly origin: CacheOrigin['kind'];
  readonly kl: number;
}

let place: EnginePlace;
let restoredIn: LoadedModel;
let unbrokenIn: LoadedModel;
let probe: Token;

beforeAll(async () => {
  place = new EnginePlace({ env: { ENDLESS_LINGER_MS: '60000' } });
  const modelPath = join(place.directory, 'exact.gguf');
  await writeExactWeights(BUNDLED_MODEL, modelPath);
  settings = testSettings({ window: WINDOW, modelPath });
  const options = { log: () => undefined, onProgress: () => undefined };
  [restoredIn, unbrokenIn] = [await loadModel(settings, options), await loadModel(settings, options)];
  probe = restoredIn.model.tokenize('the')[0]!;
});
afterAll(async () => {
  await restoredIn.dispose();
  await unbrokenIn.dispose();
  await place.close();
});

describe(`an engine that is killed at ${String(KILLS)} moments of a conversation`, () => {
  it('has lost nothing of what was said, goes on, and has the cache that it would have had', async () => {
    const unbroken = new UnbrokenRun(unbrokenIn, settings);
    await unbroken.begin();
    const findings: Finding[] = [];
    const shown = new Map<number, Turn>();
    for (let kill = 0; kill < KILLS; kill++) {
      const moment = MOMENTS[kill % MOMENTS.length]!;
      const killed = await talkUntilKilled(moment, kill, shown);
      findings.push({ moment, ...(await compare(unbroken, killed, shown)) });
    }
    const worst = Math.max(...findings.map(({ kl }) => kl));
    const rebuilt = findings.filter(({ origin }) => origin === 'rebuilt').length;
    const figures = [`${String(shown.size)} turns kept`, `${String(rebuilt)} caches refilled`, `worst KL ${worst.toExponential(1)}`];
    process.stdout.write(`${String(findings.length)} kills: ${figures.join(', ')}\n`);
    expect(rebuilt).toBe(0);
    expect(worst).toBeLessThanOrEqual(MOST_DIVERGENCE);
  }, 1_800_000);
});

/**
 * The engine answers one message to its end, and is killed over the next.
 *
 * @returns what was seen of that next turn.
 */
async function talkUntilKilled(moment: Moment, seed: number, shown: Map<number, Turn>): Promise<Killed> {
  const user = new Participant(await place.connect());
  await user.connection.request('prefer', { preferences: { ...enginePreferences(DEFAULT_SETTINGS), checkpointSeconds: 0.001 } });
  const before = await user.open();
  expectKept(before, shown);
  const first = await user.ask(`What does function number ${String(seed)} do?`, settings);
  expect(first.state).toBe('done');
  shown.set(first.id, first);
  // What was told last may be from while the first message was read.
  if (moment === 'prefill') await user.settled(first.id);
  const engine = await place.pid();
  const die = killer(engine, moment, user, seed);
  // So short that it is one batch on any machine, however busy: rounding differs with the size of a batch.
  const id = await user.send(`Write something about it. ${String(seed)}`, settings).catch(() => first.id + 1);
  await die;
  await user.connection.closed;
  await Promise.allSettled(place.exits);
  const text = user.texts
    .filter(({ turnId }) => turnId === id)
    .map((part) => part.text)
    .join('');
  const turn = user.turns.get(id);
  if (turn?.state === 'done') shown.set(id, turn);
  return { before: first.id, id, text };
}

/** Kills a process when the moment has come, or after the next turn when it does not come. */
function killer(pid: number, moment: Moment, user: Participant, seed: number): Promise<void> {
  const killed = Promise.withResolvers<void>();
  const kill = (): void => {
    process.kill(pid, 'SIGKILL');
    killed.resolve();
  };
  const turns = user.turns.size;
  const isOver = (): boolean => user.turns.size > turns && user.status?.activity.kind === 'idle' && isLastDone(user);
  const killWhen = (holds: () => boolean): void => void user.until(() => holds() || isOver()).then(kill);
  switch (moment) {
    case 'prefill':
      killWhen(() => user.status?.activity.kind === 'prefill');
      break;
    case 'decode': {
      const texts = user.texts.length + (seed % 3);
      killWhen(() => user.texts.length > texts);
      break;
    }
    case 'eviction': {
      const { evictionsToday = 0 } = user.status?.stats ?? {};
      killWhen(() => (user.status?.stats.evictionsToday ?? 0) > evictionsToday);
      break;
    }
    case 'database':
      killWhen(() => user.turns.size > turns);
      break;
    case 'checkpoint': {
      const folder = join(place.dataDirectory, 'checkpoints');
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const watcher = watch(folder, (_, name) => {
        if (name?.endsWith('.partial') !== true) return;
        watcher.close();
        kill();
      });
      break;
    }
    case 'any':
      setTimeout(kill, (seed * 37) % 400);
      break;
  }
  return killed.promise;
}

function isLastDone({ turns }: Participant): boolean {
  return [...turns.values()].at(-1)?.state === 'done';
}

/** Every turn that was over is there with every word, and of the others all that was shown. */
function expectKept(turns: readonly Turn[], shown: ReadonlyMap<number, Turn>): void {
  const kept = new Map(turns.map((turn) => [turn.id, turn]));
  for (const turn of shown.values()) expect(kept.get(turn.id)).toEqual(turn);
}

/** Restores the cache in this process and compares it with that of the run that was never killed. */
async function compare(unbroken: UnbrokenRun, killed: Killed, shown: Map<number, Turn>): Promise<Omit<Finding, 'moment'>> {
  // The next engine is to find what the killed one left.
  const dataDirectory = mkdtempSync(join(place.directory, 'copy-'));
  cpSync(place.dataDirectory, dataDirectory, { recursive: true });
  const transcript = Transcript.open(dataDirectory, ADDRESS.conversationId);
  try {
    for (const turn of transcript.unfinished()) transcript.change(turn.id, { state: 'interrupted' });
    const turns = transcript.turns(1000);
    expectKept(turns, shown);
    const last = turns.find(({ id }) => id === killed.id);
    if (last) expect(last.answer.startsWith(killed.text)).toBe(true);
    else expect(killed.text).toBe('');
    if (last) shown.set(last.id, last);
    const { dialogue, origin } = await restore(transcript, dataDirectory);
    const isNew = ({ id }: Turn): boolean => id >= killed.before;
    if (origin === 'rebuilt') await unbroken.begin(turns.filter(({ answer }) => answer !== '').map(pastTurn));
    else for (const turn of turns.filter(isNew)) await follow(unbroken, turn, dialogue, transcript);
    expect(withoutIds(unbroken.layout.segments)).toEqual(withoutIds(dialogue.cache.layout.segments));
    const kl = divergence(await unbroken.distributionAfter(probe), await distributionAfter(restoredIn.sequence, probe));
    return { origin, kl };
  } finally {
    transcript.close();
    rmSync(dataDirectory, { recursive: true });
  }
}

/** What an engine does with the conversation when it is started again. */
async function restore(
  transcript: Transcript,
  dataDirectory: string,
): Promise<{ readonly dialogue: Dialogue; readonly origin: CacheOrigin['kind'] }> {
  const keepsakes = { ...ADDRESS, transcript, journal: transcript.journal, files: new CheckpointFiles(dataDirectory) };
  const ignore = (): void => undefined;
  const residency = new Residency(keepsakes, { onRestore: ignore, onRebuild: ignore, onWarning: ignore });
  const { signal } = new AbortController();
  const { systemPrompt } = settings;
  const dialogue = await residency.arrive({ loaded: restoredIn, systemPrompt, before: Number.MAX_SAFE_INTEGER, signal, manners: {} });
  await dialogue.settle();
  residency.flush();
  return { dialogue, origin: residency.origin?.kind ?? 'new' };
}

/** Has the unbroken run take a turn as far as it came in the other. */
async function follow(unbroken: UnbrokenRun, turn: Turn, { cache }: Dialogue, transcript: Transcript): Promise<void> {
  const { segments } = cache.layout;
  const segment = segments.find(({ turnId }) => turnId === turn.id);
  if (segment) {
    expect(segment.evicted).toBe(0);
    const { start, tokens, header, message, answerHeader } = segment;
    const held = restoredIn.sequence.contextTokens.slice(start + header + message + answerHeader, start + tokens);
    const said = held.slice(0, -restoredIn.chat.close.length);
    // Only a token that was drawn last may not have been shown, and not the whole of its text.
    expect(restoredIn.model.detokenize(said).startsWith(turn.answer)).toBe(true);
    expect(turn.answer.startsWith(restoredIn.model.detokenize(said.slice(0, -1)).replace(/\uFFFD+$/, ''))).toBe(true);
    await unbroken.take({ turn, said, ends: turn.finish ? turn.finish === 'end' : closedAlone(transcript) });
    return;
  }
  expect(turn.answer).toBe('');
  // Whether the room for it had been made shows in what is left of the others.
  if (usedTokens(segments) !== unbroken.layout.used) await unbroken.takeBack(turn);
}

function withoutIds(segments: readonly Segment[]): readonly Omit<Segment, 'id'>[] {
  return segments.map(({ id: _, ...segment }) => segment);
}

/** Whether what closes the last answer was decoded by itself: the model had ended it, and nobody lived to write that down. */
function closedAlone(transcript: Transcript): boolean {
  const last = transcript.journal.entries()?.findLast((entry) => entry.kind === 'append');
  return last?.kind === 'append' && last.batch === restoredIn.chat.close.length;
}
