import type { BenchProgram } from './program.ts';
import { activate } from './programs/activate.ts';
import { idle } from './programs/idle.ts';
import { ttft } from './programs/ttft.ts';

/** All measuring programs, in the order of `--help`. */
export const PROGRAMS: readonly BenchProgram[] = [ttft, activate, idle];
