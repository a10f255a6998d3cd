import { describe, expect, it } from 'vitest';
import { download, welcomeWith } from './fixtures/downloads.ts';
import { openView, useBrowser } from './page/view.ts';

useBrowser();

describe('a model that comes in', () => {
  it('stands on the welcome page, with how far it is, and can be stopped', async () => {
    const view = await openView();
    await view.tell(...welcomeWith(download()));
    await view.text('1.7 GB of 4.7 GB · 12 MB/s · 4 min left').waitFor();
    const bar = view.page.getByRole('progressbar', { name: 'Qwen2.5 Coder 7B Instruct' });
    await expect.poll(() => bar.evaluate((element: HTMLProgressElement) => element.position)).toBeCloseTo(0.37, 2);
    await view.button('Stop').click();
    expect(await view.nextOfType('endDownload')).toEqual({ type: 'endDownload', uri: download().uri, deletes: false });
  });

  it('that was stopped can be gone on with, or deleted', async () => {
    const view = await openView();
    await view.tell(...welcomeWith(download({ state: 'stopped', bytesPerSecond: 0 })));
    await view.text('Stopped: 1.7 GB of 4.7 GB').waitFor();
    await view.button('Go on').click();
    expect(await view.nextOfType('resumeDownload')).toEqual({ type: 'resumeDownload', uri: download().uri });
    await view.button('Delete').click();
    expect(await view.nextOfType('endDownload')).toEqual({ type: 'endDownload', uri: download().uri, deletes: true });
  });

  it('that has failed says why, with a button that helps', async () => {
    const view = await openView();
    const error = { code: 'hub-token-needed', args: { host: 'hub.test' } } as const;
    await view.tell(...welcomeWith(download({ state: 'failed', error })));
    await view.page.getByRole('alert').getByText('hub.test gives this model only to those it knows.').waitFor();
    await view.button('Enter a token…').click();
    expect(await view.nextOfType('action')).toEqual({ type: 'action', action: 'setHubToken' });
  });

  it('is no longer there when it is whole, or is for completions only', async () => {
    const view = await openView();
    await view.tell(...welcomeWith(download({ state: 'done' }), download({ uri: 'hf:a/b/c.gguf', purpose: 'completions' })));
    await view.text(/code assistant that runs on this machine/).waitFor();
    expect(await view.page.getByRole('progressbar').count()).toBe(0);
  });
});
