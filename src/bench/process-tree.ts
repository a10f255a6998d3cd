import { readdirSync, readFileSync } from 'node:fs';
import { UsageError } from './options.ts';

/** Clock ticks per second in /proc: 100 on every Linux, whatever the kernel itself counts in (proc_pid_stat(5)). */
const TICKS_PER_SECOND = 100;

/** Where the fields stand behind the command's closing parenthesis: utime, stime, cutime, cstime. */
const CPU_FIELDS = { first: 11, last: 15 } as const;

/**
 * The processes that were started with a given variable in their environment, and all that they started: found by
 * the environment and not by the parent, so that a detached process is not missed. Linux only.
 */
export class ProcessTree {
  readonly #mark: string;

  /** @throws UsageError on another system than Linux. */
  constructor(variable: string, value: string) {
    if (process.platform !== 'linux') throw new UsageError('This program reads /proc, so it runs on Linux only.');
    this.#mark = `${variable}=${value}\0`;
  }

  /** Numbers of the processes that are there now. */
  pids(): readonly number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => `\0${read(pid, 'environ')}`.includes(`\0${this.#mark}`));
  }

  /** Those of them whose command line contains the text. */
  running(text: string): readonly number[] {
    return this.pids().filter((pid) => read(pid, 'cmdline').includes(text));
  }

  /** Processor time of all of them so far, children that have ended included, in seconds. */
  cpuSeconds(): number {
    return this.pids().reduce((sum, pid) => sum + this.cpuSecondsOf(pid), 0);
  }

  /** The same of one of them. */
  cpuSecondsOf(pid: number): number {
    return cpuTicks(read(pid, 'stat')) / TICKS_PER_SECOND;
  }

  /** Ends what is left. */
  kill(): void {
    for (const pid of this.pids()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has gone by itself.
      }
    }
  }
}

/** Ticks in a line of /proc/PID/stat: user and system time, its own and that of children waited for. */
export function cpuTicks(stat: string): number {
  // The command may contain spaces and parentheses of its own.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(CPU_FIELDS.first, CPU_FIELDS.last).reduce((sum, field) => sum + Number(field), 0);
}

/** Empty for a process that has gone, or is not ours. */
function read(pid: number, file: 'environ' | 'cmdline' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
