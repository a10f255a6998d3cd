import { expect, it } from 'vitest';
import { codeRefusalSentence } from '../../../../src/shared/edits/code-refusal-sentences.ts';
import { EDIT_REFUSALS } from '../../../../src/shared/edits/edit-target.ts';

const english = { t: (message: string) => message };

it.each([...EDIT_REFUSALS, 'misfit', 'several-files', 'no-place'] as const)('%s: says what is the matter, and what to do', (reason) => {
  expect(codeRefusalSentence(english, reason, 'a.ts')).toMatch(/^[A-Z{].+\. (Ask|Insert|Choose|Nothing) .+\.$/);
});
