import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workbench } from './harness/workbench.ts';

describe('the walkthrough', () => {
  let workbench: Workbench;
  beforeAll(async () => {
    workbench = await Workbench.open({ engine: 'scripted', settings: { 'endless.model.path': '' } });
  });
  afterAll(() => workbench.dispose());

  const done = async (step: string): Promise<string | null> =>
    workbench.page.locator(`.getting-started-step[data-step-id$="#${step}"]`).getAttribute('aria-checked');

  it('begins with the choice of a model', async () => {
    await workbench.quickInput.run('Welcome: Open Walkthrough...');
    await workbench.quickInput.choose('Get Started with Endless');
    await workbench.page.getByText('The list knows your machine').waitFor();
    await workbench.screenshot('walkthrough');
    await expect.poll(() => done('model')).toBe('false');
  });

  it('notices that one was chosen', async () => {
    await workbench.page.getByRole('button', { name: 'try the bundled model' }).click();
    await expect.poll(() => done('model')).toBe('true');
  });
});
