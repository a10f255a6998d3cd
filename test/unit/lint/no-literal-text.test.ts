import { describe, expect, it } from 'vitest';
import { brokenRules } from './lint-text.ts';

describe('text that is not localized fails the lint', () => {
  it.each([
    ['src/extension/new.ts', `void window.showErrorMessage('No model is chosen.');`],
    ['src/extension/new.ts', `void window.showInformationMessage(l10n.t('Gone.'), 'Restart');`],
    ['src/extension/new.ts', 'void window.showWarningMessage(`The file ${name} is cut short.`);'],
    ['src/extension/new.ts', `void window.showQuickPick(models, { placeHolder: 'Pick one' });`],
    ['src/extension/new.ts', `item.tooltip = 'Loading';`],
    ['src/webview/new.ts', 'html`<button>Stop</button>`;'],
    ['src/webview/new.ts', 'html`<button aria-label="Stop" @click=${() => stop()}></button>`;'],
    ['src/webview/new.ts', 'html`<p>${count} tokens</p>`;'],
  ])('%s: %s', async (file, code) => {
    expect(await brokenRules(file, code)).toContain('endless/no-literal-text');
  });
});

describe('what is localized, and what is no text, passes', () => {
  it.each([
    ['src/extension/new.ts', `void window.showErrorMessage(l10n.t('No model is chosen.'), ...actions);`],
    ['src/extension/new.ts', `item.text = '$(sync~spin) Endless'; item.tooltip = l10n.t('Loading');`],
    ['src/extension/new.ts', `window.createOutputChannel('Endless', { log: true });`],
    ['src/webview/new.ts', 'html`<button class="stop" aria-label=${t("Stop")}>${t("Stop")}</button>`;'],
    ['src/webview/new.ts', 'html`<span title="${size} / ${total}">&nbsp;·</span>`;'],
    ['src/engine/new.ts', `throw new Error('out of range');`],
  ])('%s: %s', async (file, code) => {
    expect(await brokenRules(file, code)).not.toContain('endless/no-literal-text');
  });
});
