import { setup as setUpEngineTests } from './setup-engine-tests.ts';
import { ensureStrace } from './strace.ts';

export function setup(): void {
  ensureStrace();
  setUpEngineTests();
}
