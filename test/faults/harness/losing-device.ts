/**
 * The engine, but its GPU can be lost: once the file that the environment names is there, native code decodes no more, as it does when
 * the device has not come back from sleep. A program to be started in place of the engine.
 */
import { existsSync, rmSync } from 'node:fs';
import { LlamaModel } from 'node-llama-cpp';

const file = process.env['TEST_DEVICE_LOST'] ?? '';
const createContext = LlamaModel.prototype.createContext;

LlamaModel.prototype.createContext = async function (options) {
  const context = await createContext.call(this, options);
  const { _ctx: native } = context as unknown as { readonly _ctx: { decodeBatch(): Promise<void> } };
  const decode = native.decodeBatch.bind(native);
  const losing = async (): Promise<void> => {
    if (!existsSync(file)) return decode();
    // The engine that comes next has its device again.
    rmSync(file);
    throw new Error('vk::Queue::submit: ErrorDeviceLost');
  };
  Object.defineProperty(native, 'decodeBatch', { value: losing, configurable: true });
  return context;
};

await import('../../../src/engine/main.ts');
