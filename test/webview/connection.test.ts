import { describe, expect, it } from 'vitest';
import { state, turn } from './fixtures/conversation.ts';
import { openView, useBrowser } from './page/view.ts';

useBrowser();

describe('without a model', () => {
  it('says what Endless is and offers three ways to begin', async () => {
    const view = await openView();
    await view.tell({ type: 'state', connection: { kind: 'noModel' } });
    await view.text(/code assistant that runs on this machine/).waitFor();
    await view.text(/It is a toy/).waitFor();
    await view.button('Try it now, no download').click();
    expect(await view.nextOfType('action')).toEqual({ type: 'action', action: 'tryBundledModel' });
    await view.button('Use a GGUF file…').click();
    expect(await view.nextOfType('action')).toEqual({ type: 'action', action: 'useGgufFile' });
    await view.button('Choose a model…').click();
    expect(await view.nextOfType('action')).toEqual({ type: 'action', action: 'chooseModel' });
  });

  it('says what is wrong with the model that was chosen', async () => {
    const view = await openView();
    const error = { code: 'model-not-gguf', args: { path: '/home/ada/readme.txt' } } as const;
    await view.tell({ type: 'state', connection: { kind: 'noModel', error } });
    await view.page.getByRole('alert').getByText('/home/ada/readme.txt is not a GGUF file.').waitFor();
  });

  it('keeps the conversation in sight', async () => {
    const view = await openView();
    await view.tell(state([turn(1)], {}, { kind: 'noModel' }));
    await view.answers.getByText('Answer 1.').waitFor();
    await view.button('Choose a model…').waitFor();
  });

  it('gives way to the chat once there is one', async () => {
    const view = await openView();
    await view.tell({ type: 'state', connection: { kind: 'noModel' } }, state([]));
    expect(await view.button('Try it now, no download').count()).toBe(0);
    await view.text(/Ask about your code/).waitFor();
  });
});

describe('the state of the engine', () => {
  it.each([
    [{ kind: 'connecting' }, /Connecting to the engine/],
    [{ kind: 'restarting' }, /being started again\. The conversation is kept/],
  ] as const)('%j is told, and the transcript stays', async (connection, sentence) => {
    const view = await openView();
    await view.tell(state([turn(1)]), { type: 'state', connection });
    await view.page.getByRole('status').getByText(sentence).waitFor();
    await view.answers.getByText('Answer 1.').waitFor();
  });

  it.each([
    [{ code: 'engine-crashed', args: { exitCode: 139 } }, 'Restart engine', 'restartEngine'],
    [{ code: 'engine-newer', args: {} }, 'Reload window', 'reloadWindow'],
    [{ code: 'sqlite-missing', args: {} }, 'Show log', 'showLog'],
  ] as const)('failed with %j offers “%s”', async (error, label, action) => {
    const view = await openView();
    await view.tell(state([turn(1)], {}, { kind: 'failed', error }));
    await view.page.getByRole('alert').getByRole('button', { name: label }).click();
    expect(await view.nextOfType('action')).toEqual({ type: 'action', action });
  });
});
