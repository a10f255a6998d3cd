import { afterEach } from 'vitest';
import { pictureFailure } from './workbench.ts';

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await pictureFailure(task.name);
});
