/**
 * A window's side of a conversation without VS Code, for `bench frames`: `node relaying-window.ts SOCKET`. It mirrors the
 * conversation of the engine at that socket until its running turn has ended, and prints the processor time that it took.
 */
import { connect } from 'node:net';
import { ChatSession } from '../src/extension/chat/chat-session.ts';
import { EngineClient } from '../src/extension/engine/engine-client.ts';
import { openEngineConnection } from '../src/link/rpc.ts';
import { DEFAULT_SETTINGS, engineSettings } from '../src/shared/settings.ts';

const [socket = ''] = process.argv.slice(2);
const client = new EngineClient(async () => openEngineConnection(connect(socket)));
const settings = engineSettings({ ...DEFAULT_SETTINGS, 'model.path': '/models/a.gguf' });
const session = new ChatSession(client, 'bench', { settings: () => settings, settled: async () => undefined });

let before = process.cpuUsage();
let bytes = 0;
let messages = 0;
session.on('message', (message) => {
  if (message.type === 'turn' && message.turn.state === 'running') before = process.cpuUsage();
  // VS Code writes it into the pipe to its window.
  bytes += JSON.stringify(message).length;
  messages += 1;
  if (message.type !== 'turn' || message.turn.state !== 'done') return;
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ cpuMs: (user + system) / 1000, messages, bytes }));
  client.dispose();
});
session.start();
