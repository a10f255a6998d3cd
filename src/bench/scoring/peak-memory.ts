import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Forgets the largest memory so far, so that the next reading belongs to what comes now. Linux only
 * (proc_pid_clear_refs(5)); elsewhere, and where a sandbox does not allow it, the mark is that of the whole process.
 */
export function resetPeakMemory(): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // The mark stays what it is.
  }
}

/** Largest resident memory of this process, in bytes. */
export function peakMemory(): number {
  const ofProcess = process.resourceUsage().maxRSS * 1024;
  if (process.platform !== 'linux') return ofProcess;
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return kilobytes === undefined ? ofProcess : Number(kilobytes) * 1024;
}
