/** `npm run test:training`: the tests of the recipe that the bundled model is made by. */
import { spawnSync } from 'node:child_process';
import { ensurePython } from './python.ts';

const { status } = spawnSync(
  ensurePython(),
  ['-m', 'unittest', 'discover', '--start-directory', 'training', '--top-level-directory', 'training'],
  {
    stdio: ['ignore', 'inherit', 'inherit'],
  },
);
process.exitCode = status ?? 1;
