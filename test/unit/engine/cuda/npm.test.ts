import { describe, expect, it } from 'vitest';
import { complaintOf } from '../../../../src/engine/cuda/npm.ts';

const NOT_FOUND = `npm warn Unknown user config "nodedir".
npm error code E404
npm error 404 Not Found - GET http://127.0.0.1:1/@node-llama-cpp%2flinux-x64-cuda - not found
npm error 404
npm error 404 Note that you can also install from a
npm error 404 tarball, folder, http url, or git url.
npm error Log files were not written due to the config logs-max=0
`;

const REFUSED = `npm error code ECONNREFUSED
npm error syscall connect
npm error errno ECONNREFUSED
npm error FetchError: request to http://127.0.0.1:9/x failed, reason: connect ECONNREFUSED 127.0.0.1:9
npm error     at ClientRequest.<anonymous> (index.js:130:14)
npm error If you are behind a proxy, please make sure that the 'proxy' config is set properly.  See: 'npm help config'
`;

describe('what npm complains of', () => {
  it.each([
    ['a package that is not there', NOT_FOUND, '404 Not Found - GET http://127.0.0.1:1/@node-llama-cpp%2flinux-x64-cuda - not found'],
    [
      'a registry that is not there',
      REFUSED,
      'FetchError: request to http://127.0.0.1:9/x failed, reason: connect ECONNREFUSED 127.0.0.1:9',
    ],
    [
      'other bytes',
      `npm error code EINTEGRITY\nnpm error sha512-${'Ab+/'.repeat(21)}A== integrity checksum failed: wanted sha512-${'Cd+/'.repeat(21)}A==\n`,
      'sha512-… integrity checksum failed: wanted sha512-…',
    ],
    ['an older npm', 'npm ERR! code EBADPLATFORM\nnpm ERR! notsup Unsupported platform\n', 'notsup Unsupported platform'],
    ['words of something else', 'npm warn slow\nSegmentation fault\n', 'Segmentation fault'],
    ['nothing at all', '', ''],
  ])('is said in one line: %s', (_case, output, complaint) => {
    expect(complaintOf(output)).toBe(complaint);
  });
});
