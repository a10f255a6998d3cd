import { describe, expect, it } from 'vitest';
import { cache, state, status, turn, turns } from './fixtures/conversation.ts';
import { openView, useBrowser } from './page/view.ts';

useBrowser();

const running = (answer: string) => turn(1, { state: 'running', message: 'hi', answer });

describe('the conversation', () => {
  it('begins when the webview is ready, and not before', async () => {
    const view = await openView();
    const said = async () => (await view.posted()).filter(({ type }) => type !== 'focus');
    await expect.poll(said).toEqual([{ type: 'ready' }]);
  });

  it('shows messages as text and answers as Markdown', async () => {
    const view = await openView();
    await view.tell(state([turn(1, { message: 'what is **this**?', answer: 'It is **bold** and `code`.' })]));
    await view.messages.getByText('what is **this**?').waitFor();
    await expect.poll(() => view.answers.locator('strong').textContent()).toBe('bold');
    await expect.poll(() => view.answers.locator('code').textContent()).toBe('code');
  });

  it('streams: appends text at its offset and ignores what is there already', async () => {
    const view = await openView();
    const text = (offset: number, more: string) => ({ type: 'text', turnId: 1, offset, text: more }) as const;
    await view.tell(state([running('The **key')]), text(9, 's** and'), text(9, 's** and'), text(14, 'nd values'));
    await expect.poll(() => view.prose.textContent()).toBe('The keys and values');
    await expect.poll(() => view.answers.locator('strong').textContent()).toBe('keys');
  });

  it('draws only the open block anew while an answer grows', async () => {
    const view = await openView();
    await view.tell(state([running('First.\n\nSecond.\n\nThird')]));
    await view.answers
      .locator('p')
      .first()
      .evaluate((element) => element.setAttribute('data-same', ''));
    await view.tell({ type: 'text', turnId: 1, offset: 22, text: ' grows.\n\nFourth' });
    await expect.poll(() => view.answers.locator('p').allTextContents()).toEqual(['First.', 'Second.', 'Third grows.', 'Fourth']);
    await expect.poll(() => view.answers.locator('p[data-same]').textContent()).toBe('First.');
  });

  it('copies a code block, also one that is still being written', async () => {
    const view = await openView();
    await view.tell(state([running('```python\nprint(1)\n')]));
    await view.text('python').waitFor();
    await view.button('Copy code').click();
    expect(await view.nextOfType('copy')).toEqual({ type: 'copy', text: 'print(1)' });
    await view.button('Copied').waitFor();
    await view.tell({ type: 'text', turnId: 1, offset: 19, text: 'print(2)\n```\n' });
    await view.button('Copy code').click();
    expect((await view.nextOfType('copy')).text).toBe('print(1)\nprint(2)');
  });

  it('copies a code block inside a list', async () => {
    const view = await openView();
    await view.tell(state([turn(1, { answer: '1. Do this:\n\n   ```sh\n   npm test\n   ```\n' })]));
    await view.text('sh').first().waitFor();
    await view.button('Copy code').click();
    expect(await view.nextOfType('copy')).toEqual({ type: 'copy', text: 'npm test' });
  });

  it('opens a link through the host and nowhere else', async () => {
    const view = await openView();
    await view.tell(state([turn(1, { answer: 'See [the paper](https://arxiv.org/abs/2309.17453).' })]));
    await view.page.getByRole('link', { name: 'the paper' }).click();
    await expect.poll(() => view.postedOfType('openLink')).toEqual([{ type: 'openLink', href: 'https://arxiv.org/abs/2309.17453' }]);
    expect(await view.followedByVsCode()).toEqual([]);
    expect(view.escaped).toEqual([]);
    expect(view.page.url()).toBe('https://webview.test/');
  });

  it('loads earlier turns on demand, once', async () => {
    const view = await openView();
    await view.tell(state(turns(11, 12), { hasEarlier: true }));
    await view.button('Load earlier messages').click();
    await view.button('Load earlier messages').click();
    await expect.poll(() => view.postedOfType('earlier')).toEqual([{ type: 'earlier', before: 11 }]);
    await view.tell({ type: 'earlier', before: 11, turns: turns(9, 10), hasEarlier: false });
    await expect
      .poll(() => view.messages.locator('p').allTextContents())
      .toEqual(['Question 9', 'Question 10', 'Question 11', 'Question 12']);
    expect(await view.button('Load earlier messages').count()).toBe(0);
  });

  it('can be asked for earlier turns again when the first request was lost', async () => {
    const view = await openView();
    await view.tell(state(turns(11, 12), { hasEarlier: true }));
    await view.button('Load earlier messages').click();
    await view.tell(state(turns(11, 12), { hasEarlier: true }));
    await view.button('Load earlier messages').click();
    await expect
      .poll(() => view.postedOfType('earlier'))
      .toEqual([
        { type: 'earlier', before: 11 },
        { type: 'earlier', before: 11 },
      ]);
  });

  it('drops a forgotten turn', async () => {
    const view = await openView();
    await view.tell(state(turns(1, 2)), { type: 'forgotten', turnId: 2 });
    await expect.poll(() => view.answers.count()).toBe(1);
  });

  it('says where the model stops remembering: nothing leaves silently', async () => {
    const view = await openView();
    await view.tell(state(turns(1, 4), { status: status({ evictedUpTo: 2 }) }));
    const order = await view.scroller.getByText(/^Question|No longer in the model|The cache begins/).allTextContents();
    expect(order.map((text) => text.trim())).toEqual([
      'Question 1',
      'Question 2',
      "No longer in the model's cache",
      'Question 3',
      'Question 4',
    ]);
    await view.tell({ type: 'status', status: status({ evictedUpTo: 3 }) });
    expect((await view.scroller.getByText(/^Question|No longer in the model/).allTextContents()).map((text) => text.trim())[3]).toBe(
      "No longer in the model's cache",
    );
  });

  it('says so when the beginning of a turn has left', async () => {
    const view = await openView();
    await view.tell(state(turns(1, 3), { status: status({ evictedUpTo: 1, cache: cache([200, 90], 3, {}, 300) }) }));
    const order = await view.scroller.getByText(/^Question|No longer in the model|The cache begins/).allTextContents();
    expect(order.map((text) => text.trim())).toEqual(['Question 1', 'The cache begins within this turn', 'Question 2', 'Question 3']);
    await expect.poll(() => view.scroller.locator('.turn.cached').count()).toBe(2);
  });

  it('marks the turns that are in the cache, and no others', async () => {
    const view = await openView();
    const failed = turn(3, { state: 'failed', answer: '', error: { code: 'message-too-long', args: { tokens: 900, window: 512 } } });
    await view.tell(state([turn(1), turn(2), failed, turn(4)], { status: status({ cache: cache([10], 2), evictedUpTo: 1 }) }));
    const marked = view.scroller.locator('.turn.cached');
    await expect.poll(() => marked.allInnerTexts()).toEqual([expect.stringContaining('Question 2')]);
    await view.tell({ type: 'status', status: status({ cache: undefined, evictedUpTo: 1 }) });
    await expect.poll(() => marked.count()).toBe(0);
  });

  it('shows how fast an answer came', async () => {
    const view = await openView();
    await view.tell(state([turn(1)]));
    await view.text('38 tok/s · 412 ms').waitFor();
    await view.text('First token after 412 ms · 24 tokens read · 180 tokens written').waitFor({ state: 'attached' });
  });
});

describe('the end of an answer', () => {
  it.each([
    [{ state: 'stopped', finish: 'stopped' }, /Stopped\. What was written is kept/],
    [{ state: 'interrupted' }, /engine stopped in the middle of this answer/],
    [{ finish: 'length' }, /longest length that the settings allow/],
    [{ finish: 'control-token' }, /control token/],
    [{ finish: 'repetition' }, /going round in circles/],
    [{ state: 'failed', error: { code: 'message-too-long', args: { tokens: 900, window: 512 } } }, /900 tokens and the window holds 512/],
    [{ state: 'failed' }, /Something went wrong inside Endless/],
  ] as const)('%j is explained', async (changes, sentence) => {
    const view = await openView();
    await view.tell(state([turn(1, { ...changes, answer: 'Half' })]));
    await view.text(sentence).waitFor();
    await expect.poll(() => view.prose.textContent()).toBe('Half');
  });

  it.each([
    [{ state: 'stopped', finish: 'stopped' }, /Stopped before the answer began/],
    [{ state: 'interrupted' }, /stopped before it answered this message/],
  ] as const)('%j is explained, where nothing was written', async (changes, sentence) => {
    const view = await openView();
    await view.tell(state([turn(1, { ...changes, answer: '' })]));
    await view.text(sentence).waitFor();
  });

  it('a loop can be forgotten and tried again', async () => {
    const view = await openView();
    await view.tell(state([turn(1), turn(2, { finish: 'repetition' })]));
    await view.button('Forget and retry').click();
    expect(await view.nextOfType('send')).toMatchObject({ message: 'Question 2', replaces: 2 });
  });

  it('only the last turn can be tried again', async () => {
    const view = await openView();
    await view.tell(state([turn(1, { finish: 'repetition' }), turn(2)]));
    expect(await view.button('Forget and retry').count()).toBe(0);
  });

  it('a failure offers what helps', async () => {
    const view = await openView();
    await view.tell(state([turn(1, { state: 'failed', answer: '', error: { code: 'out-of-memory', args: {} } })]));
    await view.button('Open settings').click();
    expect(await view.nextOfType('action')).toEqual({ type: 'action', action: 'openSettings' });
    await view.button('Try again').click();
    expect(await view.nextOfType('send')).toMatchObject({ message: 'Question 1', replaces: 1 });
  });
});

describe('a message that the webview does not know', () => {
  it('is rejected by name, and the chat goes on', async () => {
    const view = await openView();
    await view.tellRaw({ type: 'explode' }, { type: 'text', turnId: 'one' });
    await view.tell(state([turn(1)]));
    expect(view.errors).toEqual([expect.stringMatching(/unknown-message.*explode/), expect.stringMatching(/invalid-message.*text/)]);
    await view.answers.getByText('Answer 1.').waitFor();
  });
});
