import { pathToFileURL } from 'node:url';
import { conversationId } from '../../../src/extension/engine/conversation-id.ts';
import { connectToEngine } from '../../../src/link/connect.ts';
import type { ConversationSnapshot } from '../../../src/shared/protocol.ts';
import type { Sandbox } from './sandbox.ts';

/** What the engine itself says of the sandbox's conversation: the test attaches beside the extension, as a second window would. */
export async function engineSnapshot(sandbox: Sandbox): Promise<ConversationSnapshot> {
  const connection = await connectToEngine({
    directory: sandbox.runDirectory,
    client: 'end-to-end test',
    start: () => {
      throw new Error('No engine is running.');
    },
  });
  try {
    const id = conversationId([pathToFileURL(sandbox.workspace).toString()]);
    return await connection.request('open', { address: { conversationId: id, lane: 'chat' }, turns: 1000 });
  } finally {
    connection.close();
  }
}
