import { describe, expect, it } from 'vitest';
import { state, turn } from './fixtures/conversation.ts';
import { openView, useBrowser } from './page/view.ts';

useBrowser();

/** What a model may write, by malice or by accident; each would set `window.pwned` or reach out if it were obeyed. */
const HOSTILE: Readonly<Record<string, string>> = {
  script: '<script>window.pwned = 1</script>',
  'image with a handler': '<img src=x onerror="window.pwned = 1">',
  'image from the web': '![pixel](https://evil.example/pixel.png)',
  'image by reference': '![pixel][p]\n\n[p]: https://evil.example/pixel.png',
  'svg with a handler': '<svg onload="window.pwned = 1"><use href="https://evil.example/a.svg#x"/></svg>',
  'style sheet': '<style>@import url(https://evil.example/a.css); body { display: none }</style>',
  'inline style': '<div style="position: fixed; inset: 0; background: url(https://evil.example/b.png)">all over</div>',
  iframe: '<iframe src="https://evil.example/"></iframe>',
  'meta refresh': '<meta http-equiv="refresh" content="0; url=https://evil.example/">',
  base: '<base href="https://evil.example/">',
  form: '<form action="https://evil.example/"><button>Send</button></form>',
  'javascript link': '[click](javascript:window.pwned=1)',
  'javascript link, disguised': '[click](java&#x0A;script:window.pwned=1) <javascript:window.pwned=1>',
  'data link': '[click](data:text/html,<script>window.pwned=1</script>)',
  'command link': '[click](command:workbench.action.terminal.new)',
  'file link': '[click](file:///etc/passwd)',
  'vscode link': '[click](vscode://evil.example/install)',
  'html in a table': '| a |\n| - |\n| <img src=x onerror="window.pwned=1"> |',
  'html in a heading': '# <img src=x onerror="window.pwned=1">',
  'html in a link': '[<img src=x onerror="window.pwned=1">](https://ok.example)',
  'mutation of nested markup':
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.pwned=1&gt;">',
  'attributes in a code language': '```"onmouseover="window.pwned=1\ncode\n```',
  'closing tags in code': '```html\n</code></pre><script>window.pwned=1</script>\n```',
  'control characters': 'a\u0000b\u001b[31mc\u202egnp.exe\ufeff',
  'fence that never closes': '```ts\nlet a = 1;',
  'lone surrogate': 'a \ud800 b',
  'lit markers': '<!--?lit$123$--> {{lit-0}} ${alert(1)}',
};

describe('whatever the model writes is text', () => {
  it.each(Object.entries(HOSTILE))('%s does nothing', async (_, answer) => {
    const view = await openView();
    await view.tell(state([turn(1, { answer, message: answer })]));
    const answers = view.answers;
    await answers.waitFor();
    for (const target of await answers.getByText('click').all()) await target.click();
    expect(await view.page.evaluate(() => 'pwned' in window)).toBe(false);
    expect(await answers.locator('img, svg:not(.mark), script, style, iframe, form, meta, base, object, embed, input').count()).toBe(0);
    expect(await answers.locator('[style], [onerror], [onload], [onmouseover]').count()).toBe(0);
    expect(await view.postedOfType('openLink')).toEqual([]);
    expect(view.escaped).toEqual([]);
    expect(view.page.url()).toBe('https://webview.test/');
    expect(view.errors).toEqual([]);
  });

  it('markup is shown as it was written', async () => {
    const view = await openView();
    await view.tell(state([turn(1, { answer: 'Use <b>bold</b> or <img src=x onerror=alert(1)>.' })]));
    await view.answers.getByText('Use <b>bold</b> or <img src=x onerror=alert(1)>.').waitFor();
  });

  it.each(['![pixel](https://evil.example/pixel.png)', '[click](javascript:alert(1))', '[open](command:quit)'])(
    'so is %s, which leads nowhere',
    async (answer) => {
      const view = await openView();
      await view.tell(state([turn(1, { answer })]));
      expect((await view.prose.textContent())?.trim()).toBe(answer);
    },
  );

  it('the same holds while it streams, cut anywhere', async () => {
    const view = await openView();
    const answer = Object.values(HOSTILE).join('\n\n').toWellFormed();
    await view.tell(state([turn(1, { state: 'running', answer: '' })]));
    for (let offset = 0; offset < answer.length; offset += 37) {
      await view.tell({ type: 'text', turnId: 1, offset, text: answer.slice(offset, offset + 37) });
    }
    expect(await view.page.evaluate(() => 'pwned' in window)).toBe(false);
    expect(view.escaped).toEqual([]);
    expect(view.errors).toEqual([]);
  });
});

describe('whatever its size', () => {
  it.each([
    ['a line of 200 kB', 'x'.repeat(200_000)],
    ['200 kB of brackets', '['.repeat(200_000)],
    ['5,000 nested quotes', '>'.repeat(5000)],
    ['5,000 nested lists', '1. '.repeat(5000)],
    ['20 kB of open emphasis', '*a_b'.repeat(4900)],
    ['a code block of 200 kB', `\`\`\`\n${'let a = 1;\n'.repeat(20_000)}\`\`\``],
  ])('%s is shown, and the chat stays usable', async (_, answer) => {
    const view = await openView();
    await view.tell(state([turn(1, { answer, message: answer })]));
    await view.type('still here');
    expect(await view.composer.inputValue()).toBe('still here');
    expect((await view.answers.textContent())?.length).toBeGreaterThan(answer.length * 0.7);
    expect(await view.page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true);
    expect(view.errors).toEqual([]);
  });
});
