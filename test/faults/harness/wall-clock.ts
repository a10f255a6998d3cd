/**
 * Loaded into an engine before everything else (`node --import`): its wall clock goes wrong by as many milliseconds as
 * stand in the file that `ENDLESS_CLOCK_FILE` names. The monotonic clock stays as it is, as it does when a user or the
 * network sets the time of a machine.
 */
import { readFileSync } from 'node:fs';

const RealDate = Date;

function now(): number {
  return RealDate.now() + Number(readFileSync(process.env['ENDLESS_CLOCK_FILE'] ?? '', 'utf8'));
}

globalThis.Date = class extends RealDate {
  constructor(...args: readonly unknown[]) {
    super(...((args.length === 0 ? [now()] : args) as [number]));
  }

  static override now(): number {
    return now();
  }
} as DateConstructor;
