import type { GgmlType, Llama, LlamaModel } from 'node-llama-cpp';
import type { ContextMemory } from './context-plan.ts';
import { cellsFor, type Bytes } from './memory-plan.ts';

/** How the contexts of a model are made, as far as their memory goes. */
export interface ContextKind {
  readonly flashAttention: boolean | 'auto';
  readonly valueType: GgmlType;
}

/** What contexts of a model take by the library's own estimates, and what is free for them. */
export function contextMemory(llama: Llama, { fileInsights, gpuLayers }: LlamaModel, kind: ContextKind): ContextMemory {
  const estimates = new Map<number, Promise<Bytes>>();
  const estimate = (tokens: number): Promise<Bytes> =>
    fileInsights.estimateContextResourceRequirementsV2({
      contextSize: cellsFor(tokens),
      modelGpuLayers: gpuLayers,
      sequences: 1,
      flashAttention: kind.flashAttention,
      swaFullCache: true,
      kvCacheValueType: kind.valueType,
    });
  return {
    needed: (tokens) => {
      const known = estimates.get(tokens) ?? estimate(tokens);
      estimates.set(tokens, known);
      return known;
    },
    free: () => freeMemory(llama),
  };
}

/** What may still be allocated. Some of it is left alone, as the library does, since estimates are not exact. */
async function freeMemory(llama: Llama): Promise<Bytes> {
  const [ram, vram, own] = [await llama.getRamState(), await llama.getVramState(), await llama.getLlamaMemoryUsage()];
  const within = (free: number, cap: number | null, used: number): number => Math.max(0, Math.min(free, (cap ?? Infinity) - used));
  return {
    cpuRam: within(ram.free - llama.ramPaddingSize, llama.getRamCap(), own.cpuRam),
    gpuVram: within(vram.free - llama.vramPaddingSize, llama.getVramCap(), own.gpuVram),
  };
}
