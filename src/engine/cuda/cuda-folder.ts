import { join } from 'node:path';
import type { CudaRelease } from './cuda-release.ts';

/** Where all releases are kept, each in a folder of its own. */
export function cudaRoot(dataDirectory: string): string {
  return join(dataDirectory, 'cuda');
}

/** Where a release lies once it is whole: its packages stand in the `node_modules` of it. */
export function cudaFolder(dataDirectory: string, { version }: CudaRelease): string {
  return join(cudaRoot(dataDirectory), version);
}
