import { spawnSync } from 'node:child_process';
import { installDebianPackages } from './debian-packages.ts';

/** strace(1) shows whom a process speaks to. */
export function ensureStrace(): void {
  if (spawnSync('strace', ['-V']).error) installDebianPackages(['strace'], 'What traces the engine');
}
