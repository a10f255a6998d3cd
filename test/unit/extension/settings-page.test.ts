import { expect, test } from 'vitest';
import { settingsPage } from '../../../scripts/settings-page.ts';

test('docs/settings.md says what the manifest says', async () => {
  await expect(settingsPage()).toMatchFileSnapshot('../../../docs/settings.md');
});
