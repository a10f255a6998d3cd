import { describe, expect, it } from 'vitest';
import { state, status, turn, turns } from './fixtures/conversation.ts';
import { openView, useBrowser } from './page/view.ts';

useBrowser();

const RUNNING = state([turn(1, { state: 'running', answer: 'Well' })]);

describe('the composer', () => {
  it('sends on Enter and breaks the line on Shift+Enter', async () => {
    const view = await openView();
    await view.tell(state([]));
    await view.type('one');
    await view.page.keyboard.press('Shift+Enter');
    await view.page.keyboard.insertText('two');
    await view.page.keyboard.press('Enter');
    expect(await view.nextOfType('send')).toEqual({ type: 'send', key: expect.any(String) as string, message: 'one\ntwo' });
    expect(await view.composer.inputValue()).toBe('');
  });

  it('sends with the button and takes the focus back', async () => {
    const view = await openView();
    await view.tell(state([]));
    await expect.poll(() => view.button('Send message').isDisabled()).toBe(true);
    await view.type('hello');
    await view.button('Send message').click();
    expect((await view.nextOfType('send')).message).toBe('hello');
    await expect.poll(() => view.composer.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('does not send white space', async () => {
    const view = await openView();
    await view.tell(state([]));
    await view.type('  ');
    await view.page.keyboard.press('Enter');
    expect(await view.postedOfType('send')).toEqual([]);
  });

  it('leaves Enter to the input method while it composes', async () => {
    const view = await openView();
    await view.tell(state([]));
    await view.type('に');
    await view.composer.dispatchEvent('keydown', { key: 'Enter', isComposing: true });
    expect(await view.postedOfType('send')).toEqual([]);
    await view.page.keyboard.press('Enter');
    expect((await view.nextOfType('send')).message).toBe('に');
  });

  it('grows with the text, up to a limit', async () => {
    const view = await openView({ height: 600 });
    await view.tell(state([]));
    const height = () => view.composer.evaluate((element) => element.clientHeight);
    const one = await height();
    await view.type('a\nb\nc\nd');
    await expect.poll(() => height()).toBeGreaterThan(one);
    await view.type('\nmore'.repeat(100));
    expect(await height()).toBeLessThanOrEqual(240);
  });
});

describe('while an answer runs', () => {
  it('stops with the button', async () => {
    const view = await openView();
    await view.tell(RUNNING);
    await view.button(/^Stop/).click();
    await expect.poll(() => view.postedOfType('stop')).toEqual([{ type: 'stop', turnId: 1 }]);
  });

  it('stops with Escape, wherever the focus is', async () => {
    const view = await openView();
    await view.tell(RUNNING);
    await view.composer.press('Escape');
    await view.scroller.press('Escape');
    await expect.poll(() => view.postedOfType('stop')).toHaveLength(2);
  });

  it('stops one answer with Escape, however long that is held', async () => {
    const view = await openView();
    await view.tell(state([turn(1, { state: 'running', answer: 'Well' }), turn(2, { state: 'queued', answer: '' })]));
    await view.composer.focus();
    await view.page.keyboard.down('Escape');
    await view.tell({ type: 'turn', turn: turn(1, { state: 'stopped' }) }, { type: 'turn', turn: turn(2, { state: 'running' }) });
    await view.page.keyboard.down('Escape');
    await expect.poll(() => view.postedOfType('stop')).toEqual([{ type: 'stop', turnId: 1 }]);
    await view.page.keyboard.up('Escape');
    await view.page.keyboard.press('Escape');
    expect(await view.nextOfType('stop')).toEqual({ type: 'stop', turnId: 2 });
  });

  it('does nothing on Escape when nothing runs', async () => {
    const view = await openView();
    await view.tell(state([turn(1)]));
    await view.composer.press('Escape');
    expect(await view.postedOfType('stop')).toEqual([]);
    expect(await view.button(/^Stop/).count()).toBe(0);
  });

  it('queues what is sent meanwhile', async () => {
    const view = await openView();
    await view.tell(RUNNING);
    await view.type('and then?');
    await view.button('Queue message').click();
    const { key } = await view.nextOfType('send');
    await view.tell({ type: 'accepted', key }, { type: 'turn', turn: turn(2, { state: 'queued', message: 'and then?', answer: '' }) });
    await view.messages.last().getByText('Queued').waitFor();
    await expect.poll(() => view.answers.count()).toBe(1);
  });
});

describe('a text that a command puts into the composer', () => {
  const insert = (key: string, text: string) => ({ type: 'insert', key, text }) as const;

  it('stands behind what is typed, and the cursor behind it', async () => {
    const view = await openView();
    await view.tell(state([]));
    await view.type('Why?');
    await view.scroller.focus();
    await view.tell(insert('a', 'a.ts:1\n```ts\nlet a;\n```'));
    await view.page.keyboard.insertText('And how?');
    await expect.poll(() => view.composer.inputValue()).toBe('Why?\n\na.ts:1\n```ts\nlet a;\n```\nAnd how?');
    expect(await view.nextOfType('done')).toEqual({ type: 'done', key: 'a' });
    expect(await view.postedOfType('send')).toEqual([]);
  });

  it('is the draft where nothing is typed, and another follows', async () => {
    const view = await openView();
    await view.tell(state([]), insert('a', 'one'), insert('b', 'two\r\nthree'));
    await expect.poll(() => view.composer.inputValue()).toBe('one\n\ntwo\nthree\n');
  });

  it('stands there once, however often it is told', async () => {
    const view = await openView();
    await view.tell(insert('a', 'one'), state([]), insert('a', 'one'));
    await expect.poll(() => view.composer.inputValue()).toBe('one\n');
  });

  it('survives a reload', async () => {
    const view = await openView();
    await view.tell(state([]), insert('a', 'one'));
    await view.reload();
    await expect.poll(() => view.composer.inputValue()).toBe('one\n');
  });

  it('can be written before and sent', async () => {
    const view = await openView();
    await view.tell(state([]), insert('a', 'one'));
    await view.page.keyboard.press('Control+Home');
    await view.page.keyboard.insertText('zero ');
    await view.page.keyboard.press('Enter');
    expect((await view.nextOfType('send')).message).toBe('zero one');
    await view.tell({ type: 'status', status: status() });
    expect(await view.composer.inputValue()).toBe('');
  });
});

describe('nothing that is typed is lost', () => {
  it('a message stands there until the transcript has it', async () => {
    const view = await openView();
    await view.tell(state(turns(1, 1)));
    await view.type('hello');
    await view.page.keyboard.press('Enter');
    await view.messages.last().getByText('Sending…').waitFor();
    const { key } = await view.nextOfType('send');
    await view.tell({ type: 'turn', turn: turn(2, { state: 'running', message: 'hello', answer: '' }) }, { type: 'accepted', key });
    await expect.poll(() => view.messages.locator('p').allTextContents()).toEqual(['Question 1', 'hello']);
    expect(await view.text('Sending…').count()).toBe(0);
  });

  it('a rejected message comes back with the reason and a button', async () => {
    const view = await openView();
    await view.tell(state([]));
    await view.type('precious words');
    await view.page.keyboard.press('Enter');
    const { key } = await view.nextOfType('send');
    await view.type('more');
    await view.tell({ type: 'rejected', key, error: { code: 'engine-start-failed', args: {} } });
    await expect.poll(() => view.composer.inputValue()).toBe('precious words\n\nmore');
    await view.page.getByRole('alert').getByText('The engine did not start.').waitFor();
    await view.button('Restart engine').click();
    expect(await view.nextOfType('action')).toEqual({ type: 'action', action: 'restartEngine' });
    await view.button('Dismiss').click();
    await view.page.getByRole('alert').waitFor({ state: 'detached' });
  });

  it('the reason goes when what caused it is gone', async () => {
    const view = await openView();
    await view.tell({ type: 'state', connection: { kind: 'noModel' } });
    await view.type('hello');
    await view.page.keyboard.press('Enter');
    const { key } = await view.nextOfType('send');
    await view.tell({ type: 'rejected', key, error: { code: 'no-model', args: {} } });
    await view.page.getByRole('alert').waitFor();
    await view.tell(state([]));
    expect(await view.page.getByRole('alert').count()).toBe(0);
    await expect.poll(() => view.composer.inputValue()).toBe('hello');
  });

  it('a draft survives a reload', async () => {
    const view = await openView();
    await view.tell(state(turns(1, 30)));
    await view.type('half a thou');
    await view.reload();
    await expect.poll(() => view.composer.inputValue()).toBe('half a thou');
  });

  it('what a line from before is changed to survives a reload, and so does the draft that it stands in the place of', async () => {
    const view = await openView();
    await view.tell(state(turns(1, 3)));
    await view.type('a draft');
    await view.page.keyboard.press('Home');
    await view.page.keyboard.press('ArrowUp');
    await view.page.keyboard.insertText('Another: ');
    await view.reload();
    await view.tell(state(turns(1, 3)));
    await expect.poll(() => view.composer.inputValue()).toBe('Another: Question 3');
    await view.composer.focus();
    await view.page.keyboard.press('Control+Home');
    await view.page.keyboard.press('ArrowUp');
    await expect.poll(() => view.composer.inputValue()).toBe('a draft');
  });

  it('a message on its way survives a reload and is sent again with the same key', async () => {
    const view = await openView();
    await view.tell(state([]));
    await view.type('hello');
    await view.page.keyboard.press('Enter');
    const sent = await view.nextOfType('send');
    await view.reload();
    await view.tell(state([]));
    await expect.poll(() => view.postedOfType('send')).toEqual([sent]);
    await view.tell({ type: 'accepted', key: sent.key });
    await view.reload();
    await view.tell(state([]));
    expect(await view.postedOfType('send')).toEqual([]);
  });

  it.each([
    ['there is no model', { kind: 'noModel' }],
    ['the engine is being connected', { kind: 'connecting' }],
    ['the engine is being restarted', { kind: 'restarting' }],
    ['the engine has failed', { kind: 'failed', error: { code: 'engine-crashed', args: {} } }],
  ] as const)('one can write while %s', async (_, connection) => {
    const view = await openView();
    await view.tell({ type: 'state', connection });
    await view.type('hello');
    await view.page.keyboard.press('Enter');
    expect((await view.nextOfType('send')).message).toBe('hello');
  });
});
