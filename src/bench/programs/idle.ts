import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fingerprintOf } from '../../engine/model/model-file.ts';
import { connectToEngine } from '../../link/connect.ts';
import type { EngineConnection } from '../../link/rpc.ts';
import { startEngine } from '../../link/start-engine.ts';
import { EndlessError } from '../../shared/errors.ts';
import type { ModelFacts } from '../../shared/protocol/model-facts.ts';
import { DEFAULT_SETTINGS, engineSettings, type Settings } from '../../shared/settings.ts';
import { describeModel } from '../loaded-model.ts';
import { ProcessTree } from '../process-tree.ts';
import { defineBench, type Measurement } from '../program.ts';
import { check } from '../report.ts';

/** Processor time an idle engine may take, in seconds. */
const MOST_CPU = 0.5;

/** When the engine must be gone after its last client, in seconds. */
const MOST_SECONDS = 60;

const POLL_MS = 100;
const ADDRESS = { conversationId: 'bench' } as const;

/** What an engine with nothing to do costs, and whether anything is left of it afterwards. */
export const idle = defineBench({
  options: {
    model: { default: 'models/endless-tiny.gguf', help: 'GGUF file' },
    minutes: { default: 5, fraction: true, help: 'how long the engine idles' },
    engine: { default: 'src/engine/main.ts', help: 'the program to start; dist/engine.mjs is the one that is shipped' },
  },
  async measure({ model, minutes, engine }, progress): Promise<Measurement> {
    const directory = await mkdtemp(join(tmpdir(), 'endless-idle-'));
    const tree = new ProcessTree('ENDLESS_RUN_DIR', directory);
    try {
      const connection = await connect(resolve(engine), directory);
      const facts = await loadWithMessage(connection, { ...DEFAULT_SETTINGS, 'model.path': resolve(model), 'model.gpu': 'off' });
      progress(`idling for ${minutes} minutes`);
      const [cpuBefore, processes] = [tree.cpuSeconds(), tree.pids().length];
      await delay(minutes * 60_000);
      const cpuSeconds = tree.cpuSeconds() - cpuBefore;
      progress('the client leaves; the engine waits for another');
      connection.close();
      const goneAfterSeconds = await secondsUntilGone(tree);
      const left = { processes: tree.pids().length, files: await filesLeft(directory) };
      return {
        model: describeModel(facts, await fingerprintOf(facts)),
        results: [{ idleMinutes: minutes, processes, cpuSeconds, goneAfterSeconds, processesLeft: left.processes, filesLeft: left.files }],
        checks: [
          check('CPU seconds of the idle process tree', cpuSeconds, '<=', MOST_CPU),
          check('processes left after the last client has gone', left.processes, '<=', 0),
          check('seconds until the last process has ended', goneAfterSeconds, '<=', MOST_SECONDS),
          check('sockets and records left', left.files.length, '<=', 0),
        ],
        tables: [
          {
            title: `Idle for ${minutes} minutes`,
            columns: ['processes', 'CPU s', 'gone after s', 'processes left', 'files left'],
            rows: [[processes, cpuSeconds, goneAfterSeconds, left.processes, left.files.join(' ') || 'none']],
          },
        ],
      };
    } finally {
      tree.kill();
      await rm(directory, { recursive: true, force: true, maxRetries: 10 });
    }
  },
});

/** Starts the engine as the extension does, but with folders of its own. */
async function connect(engine: string, directory: string): Promise<EngineConnection> {
  process.env['ENDLESS_DATA_DIR'] = join(directory, 'data');
  return connectToEngine({ directory, client: 'bench', start: () => startEngine(engine, directory) });
}

/**
 * Sends one message, which loads the model, and waits until the engine has nothing more to do.
 *
 * @throws EndlessError when the turn fails.
 */
async function loadWithMessage(connection: EngineConnection, settings: Settings): Promise<ModelFacts> {
  const answered = Promise.withResolvers<ModelFacts>();
  answered.promise.catch(() => undefined);
  let done = false;
  connection.onEvent('turn', ({ turn }) => {
    if (turn.error) answered.reject(EndlessError.fromReport(turn.error));
    done ||= turn.state === 'done';
  });
  connection.onEvent('status', ({ status }) => {
    if (done && status.activity.kind === 'idle' && status.model) answered.resolve(status.model);
  });
  void connection.closed.then(() => answered.reject(new EndlessError('engine-crashed')));
  await connection.request('open', { address: ADDRESS, turns: 1 });
  await connection.request('send', {
    address: ADDRESS,
    key: 'bench',
    message: 'Write a function that adds two numbers.',
    settings: engineSettings({ ...settings, 'chat.temperature': 0, 'chat.maxAnswerTokens': 32 }),
  });
  return answered.promise;
}

/** Seconds until no process is left, or the longest it may take. */
async function secondsUntilGone(tree: ProcessTree): Promise<number> {
  const started = performance.now();
  const passed = (): number => (performance.now() - started) / 1000;
  while (tree.pids().length > 0 && passed() < MOST_SECONDS) await delay(POLL_MS);
  return passed();
}

/** What should have been removed: everything but the lock's empty file, the log and the transcripts. */
async function filesLeft(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory);
  return names.filter((name) => name.endsWith('.sock') || name.startsWith('engine.json'));
}
