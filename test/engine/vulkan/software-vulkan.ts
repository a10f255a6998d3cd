/**
 * Vulkan on the processor (Mesa's lavapipe): the real back end of the GPU, and slow. It is used only by processes that name the
 * device, before the library is loaded.
 */
export const SOFTWARE_VULKAN = { GGML_VK_VISIBLE_DEVICES: '0' } as const;

Object.assign(process.env, SOFTWARE_VULKAN);
