import type { EngineSettings } from '../../../shared/protocol/engine-settings.ts';
import type { RequestResult } from '../../../shared/protocol/protocol.ts';
import type { ServerFacts } from '../../../shared/protocol/server-facts.ts';
import { isReadable, parseServerAddress } from '../../../shared/server-address.ts';
import { MemoryUse } from '../memory-use.ts';
import type { ServerAccess } from './server-access.ts';
import { ServerClient } from './server-client.ts';
import { probe } from './server-probe.ts';
import { TokenCounter } from './token-counter.ts';

/** A model on a server: nothing of it is in this machine's memory. */
export interface ServedModel {
  readonly kind: 'served';
  /** What is asked beside a conversation is sent with it, and leaves no trace. */
  readonly answersBeside: true;
  readonly client: ServerClient;
  /** As they are now: a server may stop to count. */
  readonly facts: ServerFacts;
  readonly tokens: TokenCounter;
  /** Of this process; what the server takes is its own affair. */
  readonly memory: MemoryUse;
}

/**
 * Finds out what a server is; no text goes there yet.
 *
 * @param settings the window counts where the server does not say how large its context is.
 * @throws EndlessError with a code that says what is wrong with the address or the server, or the signal's reason.
 */
export async function reachServer(
  { modelPath, window }: Pick<EngineSettings, 'modelPath' | 'window'>,
  access: ServerAccess,
  signal: AbortSignal,
): Promise<ServedModel> {
  const address = parseServerAddress(modelPath);
  const client = new ServerClient(address.base, access);
  const probed = await probe(client, address.model, signal);
  const tokens = new TokenCounter(client, probed.software, probed.model);
  const facts: Omit<ServerFacts, 'countsTokens'> = {
    host: address.host,
    model: probed.model,
    software: probed.software,
    window: probed.window ?? window,
    isWindowTold: probed.window !== undefined,
    isReadable: isReadable(address.origin),
  };
  const memory = new MemoryUse({
    kvBytes: undefined,
    processBytes: () => process.memoryUsage.rss(),
    gpu: undefined,
    now: () => performance.now(),
  });
  return {
    kind: 'served',
    answersBeside: true,
    client,
    get facts() {
      return { ...facts, countsTokens: tokens.isExact };
    },
    tokens,
    memory,
  };
}

/** What there is to tell of a model on a server before it is used. @throws as `reachServer`. */
export async function inspectServer(modelPath: string, access: ServerAccess, signal: AbortSignal): Promise<RequestResult<'inspectModel'>> {
  const { facts } = await reachServer({ modelPath, window: 0 }, access, signal);
  // Whether it takes tools is known only when it is asked to.
  return { name: facts.model, architecture: facts.software, fileBytes: 0, trainedContext: facts.window, knowsTools: true };
}
