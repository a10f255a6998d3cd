import { ensureStrace } from './strace.ts';

export function setup(): void {
  ensureStrace();
}
