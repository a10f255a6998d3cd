import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatView } from './harness/chat-view.ts';
import { Workbench } from './harness/workbench.ts';

describe('the first minute, when no model is chosen', () => {
  let workbench: Workbench;
  let chat: ChatView;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'real', settings: { 'endless.model.path': '' } });
    chat = await workbench.openChat();
  });
  afterAll(() => workbench.dispose());

  it('says what Endless is, and offers three ways to begin', async () => {
    await chat.welcome.waitFor();
    await chat.button('Choose a model…').waitFor();
    await chat.button('Use a GGUF file…').waitFor();
    await chat.button('Try it now').waitFor();
    await workbench.screenshot('welcome');
  });

  it('starts no engine until it is needed', async () => {
    expect(await workbench.sandbox.hasEngine()).toBe(false);
  });

  it('is one click away from a chat with the bundled model', async () => {
    await chat.button('Try it now').click();
    await expect.poll(() => chat.welcome.count()).toBe(0);
    expect(await chat.ask('Hello!')).toMatch(/\w/);
  });
});
