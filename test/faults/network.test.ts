import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { connectToEngine, type StartedEngine } from '../../src/link/connect.ts';
import { Participant } from '../engine/engine-process.ts';
import { faultPlace } from './harness/fault-test.ts';

/** Calls by which a process can reach somebody. */
const CALLS = 'connect,sendto,sendmsg,sendmmsg';

it('an engine, and whatever it starts, speaks to nobody but over local sockets', async () => {
  const place = faultPlace();
  const trace = join(place.directory, 'trace');
  const start = (): StartedEngine => {
    const engine = spawn(
      'strace',
      ['-f', '--seccomp-bpf', '-qq', '-e', `trace=${CALLS},socket`, '-o', trace, process.execPath, resolve('src/engine/main.ts')],
      {
        stdio: 'ignore',
        env: { ...process.env, ENDLESS_RUN_DIR: place.runDirectory, ENDLESS_DATA_DIR: place.dataDirectory, ENDLESS_LINGER_MS: '500' },
      },
    );
    const exited = new Promise<number>((settle, reject) => {
      engine.once('error', reject);
      engine.once('exit', (code) => settle(code ?? 1));
    });
    place.exits.push(exited);
    return { exited };
  };
  const user = new Participant(await connectToEngine({ directory: place.runDirectory, client: 'traced', timeLimitMs: 100_000, start }));
  onTestFinished(() => user.connection.close());
  await user.open();
  // Loads the model, and the first time tries in a process of its own whether it can shift.
  for (const message of ['One', 'Two', 'Three', 'Four', 'Five']) await user.askAndSettle(message);
  user.connection.close();
  expect(await Promise.all(place.exits)).toEqual([0]);

  const lines = readFileSync(trace, 'utf8').split('\n');
  expect(lines.some((line) => line.includes('AF_UNIX'))).toBe(true);
  expect(lines.filter((line) => /AF_INET|AF_PACKET/.test(line))).toEqual([]);
});
