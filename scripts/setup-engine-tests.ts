import { ensureSoftwareVulkan } from './software-vulkan.ts';

/** Without a GPU on the processor its tests fail, and no others. */
export function setup(): void {
  try {
    ensureSoftwareVulkan();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
}
