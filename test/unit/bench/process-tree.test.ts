import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { cpuTicks, ProcessTree } from '../../../src/bench/process-tree.ts';

describe('the processor time of a process', () => {
  it('is user and system time, its own and its children’s', () => {
    expect(cpuTicks('4711 (node) S 1 4711 4711 0 -1 4194560 900 0 0 0 120 30 7 5 20 0 11 0')).toBe(162);
  });

  it('is found behind a command with spaces and parentheses', () => {
    expect(cpuTicks('4711 (a (b) 9 8) R 1 4711 4711 0 -1 4194560 900 0 0 0 1 2 3 4 20 0 11 0')).toBe(10);
  });
});

describe.runIf(process.platform === 'linux')('a process tree', () => {
  it('holds the processes that have the mark, until they end', async () => {
    const mark = crypto.randomUUID();
    const tree = new ProcessTree('ENDLESS_TEST_MARK', mark);
    const child = spawn(process.execPath, ['-e', 'console.log("up"); setInterval(() => {}, 1e6)'], {
      env: { ...process.env, ENDLESS_TEST_MARK: mark },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    expect(tree.pids()).toEqual([child.pid]);
    expect(tree.cpuSeconds()).toBeGreaterThanOrEqual(0);
    tree.kill();
    await once(child, 'exit');
    expect(tree.pids()).toEqual([]);
  });

  it('is not fooled by a longer value', async () => {
    const mark = crypto.randomUUID();
    const child = spawn(process.execPath, ['-e', 'console.log("up"); setInterval(() => {}, 1e6)'], {
      env: { ...process.env, ENDLESS_TEST_MARK: `${mark}/more` },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    expect(new ProcessTree('ENDLESS_TEST_MARK', mark).pids()).toEqual([]);
    child.kill();
    await once(child, 'exit');
  });
});
