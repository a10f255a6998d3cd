import { globSync } from 'node:fs';
import { installDebianPackages } from './debian-packages.ts';

/** Where drivers of Vulkan say that they are there; Mesa's that runs on the processor is called lavapipe. */
const LAVAPIPE = '/usr/share/vulkan/icd.d/lvp_icd*.json';
const LOADER = '/usr/lib/*/libvulkan.so.1';

/**
 * A GPU without a GPU: Vulkan on the processor. There is such a thing on Linux only.
 *
 * @throws Error that names the command that installs it.
 */
export function ensureSoftwareVulkan(): void {
  if (process.platform !== 'linux') return;
  const isThere = [LAVAPIPE, LOADER].every((files) => globSync(files).length > 0);
  if (!isThere) installDebianPackages(['mesa-vulkan-drivers', 'libvulkan1'], 'Vulkan on the processor, for the tests of the GPU,');
}
