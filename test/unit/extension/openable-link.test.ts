import { describe, expect, test } from 'vitest';
import { openableLink } from '../../../src/extension/chat/openable-link.ts';

describe('links in answers', () => {
  test.each(['https://example.com/a?b#c', 'http://localhost:3000/'])('%s may be opened', (href) => {
    expect(openableLink(href)).toBe(href);
  });

  test.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'command:workbench.action.quit',
    'vscode://settings',
    'file:///etc/passwd',
    'relative/path.ts',
    '',
  ])('%s may not', (href) => {
    expect(openableLink(href)).toBeUndefined();
  });
});
