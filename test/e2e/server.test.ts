import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordingProxy } from '../fixtures/server/recording-proxy.ts';
import { startModelServer, type RunningServer } from '../fixtures/server/start.ts';
import type { ChatView } from './harness/chat-view.ts';
import { Editor } from './harness/editor.ts';
import { Workbench } from './harness/workbench.ts';

const KEY = 'key-of-the-server';

describe('a model on a server', () => {
  let server: RunningServer;
  let proxy: RecordingProxy;
  let workbench: Workbench;
  let chat: ChatView;
  beforeAll(async () => {
    server = await startModelServer({ window: 1024, key: KEY });
    proxy = await RecordingProxy.start(server.origin);
    workbench = await Workbench.open({
      engine: 'real',
      settings: { 'endless.model.path': '', 'endless.chat.maxAnswerTokens': 40, 'editor.quickSuggestions': { other: 'off' } },
    });
    await workbench.statusBarItem.waitFor();
  });
  afterAll(async () => {
    await workbench.dispose();
    await proxy.close();
    await server.close();
  });

  it('is chosen in the list of models, which asks for address, key, model and role', async () => {
    await workbench.quickInput.run('Endless: Choose a Model');
    await workbench.quickInput.find('Choose a Model', 'TensorRT', 'A server…');
    await workbench.quickInput.answer('Address of the Server', proxy.base);
    await workbench.quickInput.answer(/^Key of 127\.0\.0\.1/, KEY);
    await workbench.page.getByText(/^Models of 127\.0\.0\.1/).waitFor();
    await workbench.quickInput.choose(server.model);
    await workbench.page.getByText('What Is It For?').waitFor();
    await workbench.quickInput.choose('The chat and completions');
    await expect.poll(() => workbench.statusBarItem.innerText()).toContain(new URL(proxy.origin).host);
  });

  it('answers, and has been sent what stands in the chat', async () => {
    chat = await workbench.openChat();
    expect(await chat.ask('What does map do?')).toMatch(/\w/);
    const bodies = proxy.bodies<{ messages: readonly { content: string }[] }>('POST /v1/chat/completions');
    expect(bodies.at(-1)!.messages.at(-1)!.content).toBe('What does map do?');
    expect(proxy.recorded.at(-1)!.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it('is told truthfully in the panel: where the text goes, and that nothing rolls', async () => {
    await chat.cacheBar.getByRole('button').click();
    await chat.cachePanel.waitFor();
    for (const told of [
      new URL(proxy.origin).host,
      'no attention sinks, and nothing rolls',
      'The context of the server holds 1,024 tokens',
      /With the last message \d+ tokens were sent/,
    ])
      await chat.cachePanel.getByText(told).first().waitFor();
    await workbench.screenshot('server-panel');
    await chat.closeCachePanel();
  });

  it('completes at the cursor', async () => {
    workbench.sandbox.write('hole.ts', 'function add(first: number, second: number): number {\n  return first + second;\n}\n\n');
    const editor = await Editor.open(workbench.page, 'hole.ts');
    await editor.press('Control+End');
    await editor.type('function subtract(first: number, second: number): number {\n  return ');
    expect(await editor.suggestion()).toMatch(/\w/);
    expect(proxy.bodies('POST /infill').length).toBeGreaterThan(0);
    await workbench.screenshot('server-completion');
  });
});
