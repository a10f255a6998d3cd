import { describe, expect, test } from 'vitest';
import { RankedPaths } from '../../../../src/extension/context/file-ranking.ts';

const PATHS = [
  'README.md',
  'src/charset.ts',
  'src/engine/conversation/chat-slot.ts',
  'src/extension/chat/chat-session.ts',
  'src/extension/chat/chat-view.ts',
  'src/webview/session.ts',
  'src/legacy/EditorPassages.ts',
  'test/unit/extension/chat/chat-session.test.ts',
];

async function best(query: string, recent: readonly string[] = [], limit = 10): Promise<readonly string[]> {
  const paths = await RankedPaths.prepare(PATHS, async () => undefined);
  return paths.rank(query, recent, limit).map(({ path }) => path);
}

describe('files by what somebody types', () => {
  test.each([
    ['session', 'src/webview/session.ts'],
    ['chatses', 'src/extension/chat/chat-session.ts'],
    ['EP', 'src/legacy/EditorPassages.ts'],
    ['edpas', 'src/legacy/EditorPassages.ts'],
    ['webview/ses', 'src/webview/session.ts'],
    ['ext/chat/v', 'src/extension/chat/chat-view.ts'],
    ['readme', 'README.md'],
  ])('%s is %s', async (query, path) => {
    expect((await best(query))[0]).toBe(path);
  });

  test('what is open goes before what is a little more alike', async () => {
    const slot = 'src/engine/conversation/chat-slot.ts';
    expect((await best('chat'))[0]).not.toBe(slot);
    expect((await best('chat', [slot]))[0]).toBe(slot);
  });

  test('without a query what is open comes first, and everything once', async () => {
    expect(await best('', ['src/webview/session.ts'], 3)).toEqual(['src/webview/session.ts', 'README.md', 'src/charset.ts']);
  });

  test('says what was matched', async () => {
    const paths = await RankedPaths.prepare(PATHS, async () => undefined);
    const [found] = paths.rank('websession', [], 1);
    expect(found!.matches.map((index) => found!.path.charAt(index)).join('')).toBe('websession');
  });

  test('what resembles nothing finds nothing', async () => {
    expect(await best('zzzz')).toEqual([]);
  });
});
