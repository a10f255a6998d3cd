import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/bench/report.ts';
import type { TenthResult } from '../../../src/bench/soak/results.ts';
import { runProgram } from './run-program.ts';

const ENTRY = 'src/bench/main.ts';

/** For a machine that is shared; one that is not takes half a minute. */
const LONG_MS = 1_200_000;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'endless-soak-'))));
afterEach(() => rmSync(folder, { recursive: true }));

async function soak(...args: readonly string[]): Promise<{ readonly report: Report; readonly tenths: readonly TenthResult[] }> {
  const { stdout, stderr } = await runProgram(ENTRY, ['soak', ...args, '--json']);
  if (!stdout) throw new Error(stderr);
  const report = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Report;
  return { report, tenths: report.results as readonly TenthResult[] };
}

/** What depends neither on the machine's speed nor on when garbage is collected. */
function failed({ checks }: Report): readonly string[] {
  return checks.filter(({ name, holds }) => !holds && !/^(ms per token|growth of)/.test(name)).map(({ name }) => name);
}

describe('a conversation without end', () => {
  it('is after 100,000 tokens as it was at the start: nothing decoded twice, no reset, perplexity flat', { timeout: LONG_MS }, async () => {
    const { report, tenths } = await soak('--tokens', '100000', '--window', '256');
    expect(failed(report)).toEqual([]);
    expect(new Set(tenths.map(({ turns }) => turns)).size).toBe(1);
    for (const { evictions, perplexity, life } of tenths) {
      expect(evictions).toBeGreaterThan(80);
      expect(perplexity).toBeLessThan(200);
      expect(life).toBe(1);
    }
  });

  it('goes on after its process was killed', { timeout: LONG_MS }, async () => {
    const args = ['--tokens', '25600', '--window', '128', '--checkpoint', '3000', '--state', join(folder, 'state.json')];
    const child = spawn(process.execPath, [ENTRY, 'soak', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    for await (const line of createInterface(child.stderr)) if (/\d+ tokens, \d+ of \d+ turns/.test(line)) break;
    child.kill('SIGKILL');
    await once(child, 'close');
    const { report, tenths } = await soak(...args);
    expect(failed(report)).toEqual([]);
    expect(tenths[0]).toMatchObject({ life: 1 });
    expect(tenths.at(-1)).toMatchObject({ life: 2, turns: tenths[0]!.turns });
    expect(new Set(tenths.map(({ turns }) => turns)).size).toBe(1);
  });

  it('is refused when the tenths would be too short to compare', async () => {
    const { code, stderr } = await runProgram(ENTRY, ['soak', '--tokens', '20000', '--window', '128']);
    expect([code, stderr]).toEqual([2, '--tokens must be at least 25600 with this window.\n']);
  });
});
