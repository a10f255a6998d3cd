import { expect, it } from 'vitest';
import { EDIT_REFUSALS } from '../../../../src/shared/edits/edit-target.ts';
import { refusalSentence } from '../../../../src/shared/edits/refusal-sentences.ts';

const english = { t: (message: string) => message };

it.each(EDIT_REFUSALS)('%s: says in two sentences what happened, and what to do', (reason) => {
  expect(refusalSentence(english, reason)).toMatch(/^[A-Z].+\. (Try|Select|Say) .+\.$/);
});

it('says something else of each', () => {
  expect(new Set(EDIT_REFUSALS.map((reason) => refusalSentence(english, reason))).size).toBe(EDIT_REFUSALS.length);
});
