import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** Where a measurement was taken; without it no time means anything. */
export interface Machine {
  readonly platform: string;
  readonly release: string;
  readonly arch: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly node: string;
  /** Processes that wanted to run in the last minute before; more than there are cores means that times are noisy. */
  readonly loadBefore: number;
}

export function describeMachine(): Machine {
  return {
    platform: platform(),
    release: release(),
    arch: arch(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    node: process.versions.node,
    loadBefore: loadavg()[0] ?? 0,
  };
}
