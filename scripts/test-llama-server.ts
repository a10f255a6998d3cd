/** `npm run test:llama-server`: the tests of models on a server, against llama.cpp's own instead of the fixture that speaks its protocol. */
import { spawnSync } from 'node:child_process';
import { ensureBrowser } from './browser.ts';
import { ensureCodeServer } from './code-server.ts';
import { ensureLlamaServer } from './llama-server.ts';

ensureBrowser();
ensureCodeServer();
const env = { ...process.env, ENDLESS_LLAMA_SERVER: ensureLlamaServer() };
const { status } = spawnSync(
  'vitest',
  ['run', '--project', 'engine', '--project', 'e2e', 'test/engine/remote', 'test/e2e/server.test.ts'],
  {
    stdio: 'inherit',
    env,
  },
);
process.exitCode = status ?? 1;
