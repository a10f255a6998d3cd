import { expect, it } from 'vitest';
import { cataloguePage } from '../../../scripts/catalogue-page.ts';

it('docs/catalogue.md says what the catalogue says, and what the engine estimates', async () => {
  await expect(await cataloguePage()).toMatchFileSnapshot('../../../docs/catalogue.md');
});
