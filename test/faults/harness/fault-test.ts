import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import type { Address } from '../../../src/shared/protocol/address.ts';
import { ADDRESS, EnginePlace, Participant, type PlaceOptions } from '../../engine/engine-process.ts';
import { SmallDisk } from './small-disk.ts';

/** A place for engines that goes with the test, and with it every engine that was started there. */
export function faultPlace(options: PlaceOptions = {}): EnginePlace {
  const place = new EnginePlace(options);
  onTestFinished(() => place.close());
  return place;
}

/** A window on a conversation that goes with the test. */
export async function attend(place: EnginePlace, address: Address = ADDRESS): Promise<Participant> {
  const participant = new Participant(await place.connect(), address);
  onTestFinished(() => participant.connection.close());
  await participant.open();
  return participant;
}

export function smallDisk(megabytes?: number): SmallDisk {
  const disk = new SmallDisk(megabytes);
  onTestFinished(() => disk.remove());
  return disk;
}

/** Kills the engine of the place as the system does when it runs out of memory. */
export async function kill(place: EnginePlace): Promise<void> {
  process.kill(await place.pid(), 'SIGKILL');
  await Promise.allSettled(place.exits);
}

/** The most memory that a process has had so far, in bytes. Linux only. */
export function peakMemory(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
