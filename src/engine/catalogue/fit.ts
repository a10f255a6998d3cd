import type { Fit, Machine } from '../../shared/ranked-models.ts';

/** Of the GPU's memory, what the screen and others need; and of the machine's, since the user works on it. */
const USABLE_VRAM = 0.92;
const USABLE_RAM = 0.7;

/** What a model takes, in bytes. */
export interface Needs {
  readonly weights: number;
  /** Of the context, when all layers are on the GPU, and when none is. */
  readonly contextOnGpu: number;
  readonly contextOnCpu: number;
}

/** Where a model fits. What is on the GPU of a machine whose memory is one takes it from the processor. */
export function fitOf(needs: Needs, machine: Machine): Fit {
  const ram = machine.ramBytes * USABLE_RAM;
  const vram = machine.isUnified ? Math.min(machine.vramBytes * USABLE_VRAM, ram) : machine.vramBytes * USABLE_VRAM;
  if (vram > 0 && needs.weights + needs.contextOnGpu <= vram) return 'gpu';
  if (vram > 0 && !machine.isUnified && needs.weights + needs.contextOnGpu <= vram + ram) return 'partly';
  return needs.weights + needs.contextOnCpu <= ram ? 'cpu' : 'tooLarge';
}
