import { freemem } from 'node:os';
import { cellsFor } from './role-context.ts';
import type { Weights } from './weights.ts';

/** Part of what is free that a further context may take: the user works on this machine. */
const MOST_OF_FREE = 1 / 2;

/** Whether one more context for so many tokens would leave enough memory to everybody else. */
export async function hasRoomForContext({ file, model, backend }: Weights, tokens: number): Promise<boolean> {
  const { cpuRam, gpuVram } = await file.insights.estimateContextResourceRequirementsV2({
    contextSize: cellsFor(tokens),
    modelGpuLayers: model.gpuLayers,
    sequences: 1,
    flashAttention: backend.name === 'cpu' ? false : 'auto',
    swaFullCache: true,
  });
  const freeVram = gpuVram > 0 ? (await backend.llama.getVramState()).free : 0;
  return cpuRam <= freemem() * MOST_OF_FREE && gpuVram <= freeVram * MOST_OF_FREE;
}
