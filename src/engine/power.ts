import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where Linux tells of mains and batteries (Documentation/ABI/testing/sysfs-class-power). */
const POWER_SUPPLIES = '/sys/class/power_supply';

/** How long pmset(1) may take, in milliseconds. */
const LONGEST_ASKING_MS = 5_000;

/** Whether the machine runs on its battery. Windows tells no program without native code: there it is never known. */
export async function runsOnBattery(): Promise<boolean> {
  switch (process.platform) {
    case 'linux':
      return dischargesIn(POWER_SUPPLIES);
    case 'darwin':
      return saysBattery(await outputOf('/usr/bin/pmset', ['-g', 'batt']));
    default:
      return false;
  }
}

/** Whether a battery of the machine itself gives power; those of mice and keyboards do not count. */
export async function dischargesIn(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  const supplies = await Promise.all(
    names.map(async (name) => {
      const [type, status, scope] = await Promise.all(['type', 'status', 'scope'].map((fact) => factOf(join(folder, name, fact))));
      return type === 'Battery' && status === 'Discharging' && scope !== 'Device';
    }),
  );
  return supplies.includes(true);
}

async function factOf(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).trim();
}

/** Reads what pmset(1) says first: `Now drawing from 'Battery Power'`. */
export function saysBattery(output: string): boolean {
  return /^Now drawing from 'Battery Power'/m.test(output);
}

function outputOf(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: LONGEST_ASKING_MS }, (error, stdout) => resolve(error ? '' : stdout));
  });
}
