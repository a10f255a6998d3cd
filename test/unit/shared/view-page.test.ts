import { describe, expect, it } from 'vitest';
import { viewPage } from '../../../src/shared/view-page.ts';

const page = viewPage({
  scriptUri: 'https://files.example/webview.js?a&b',
  styleUri: 'https://files.example/webview.css',
  cspSource: 'https://files.example',
  nonce: 'n0nce',
  language: 'de',
  l10nBundle: { Send: '</script><script>alert(1)</script>' },
});

describe('the page of the sidebar', () => {
  it('allows one script, its own styles and fonts, and nothing else', () => {
    expect(page).toContain(
      `content="default-src 'none'; script-src 'nonce-n0nce'; style-src https://files.example; font-src https://files.example; base-uri 'none'; form-action 'none'"`,
    );
  });

  it('has nothing inline', () => {
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
  });

  it('escapes what is filled in', () => {
    expect(page).toContain('webview.js?a&amp;b');
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page).toContain('\\u003c/script>');
  });
});
