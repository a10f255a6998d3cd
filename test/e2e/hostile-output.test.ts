import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatView } from './harness/chat-view.ts';
import { Workbench } from './harness/workbench.ts';

describe('hostile model output', () => {
  let workbench: Workbench;
  let chat: ChatView;
  const requested: string[] = [];
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted' });
    workbench.page.context().on('request', (request) => requested.push(request.url()));
    chat = await workbench.openChat();
    await chat.ask('/hostile');
    await workbench.screenshot('hostile-output');
  });
  afterAll(() => workbench.dispose());

  it('is shown to its end', async () => {
    await expect.poll(() => chat.lastAnswer.innerText()).toContain('The end of the hostile answer.');
  });

  it('runs no script', async () => {
    expect(await chat.body.getAttribute('data-owned')).toBeNull();
    expect(await chat.lastAnswer.locator('script, iframe, svg[onload], form, style, [onerror]').count()).toBe(0);
  });

  it('reaches nothing outside', () => {
    expect(requested.filter((url) => url.includes('example.com'))).toEqual([]);
  });

  it('leaves only links that the host looks at, and that do nothing', async () => {
    const links = await chat.lastAnswer.locator('a').all();
    for (const link of links) {
      await link.click();
      expect(await link.getAttribute('href')).not.toMatch(/^\s*(javascript|data|command):/i);
    }
    expect(await chat.body.getAttribute('data-owned')).toBeNull();
    expect(workbench.page.context().pages()).toHaveLength(1);
    expect(await chat.ask('Still there?')).toContain('You said: Still there?');
  });
});
