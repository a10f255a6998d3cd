import * as l10n from '@vscode/l10n';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { CodeLines } from '../code/code-lines.ts';
import { highlight } from '../code/highlight.ts';
import { whenIdle } from '../code/idle.ts';
import { withVisibleControls } from '../code/visible-controls.ts';
import { LightElement } from '../light-element.ts';
import { figures } from '../localization.ts';

/** Lines that are shown of longer code until the reader wants all of it. */
const FOLDED_LINES = 400;

/**
 * Code without its frame. While it is being written it is plain, and what comes is appended; colours come when it is complete, a
 * few lines at a time when the page is idle.
 */
export class EndlessCodeText extends LightElement {
  static override properties = { code: {}, language: {}, complete: { type: Boolean }, folded: { state: true } };
  declare code: string;
  declare language: string;
  /** Whether nothing more is to come. */
  declare complete: boolean;
  /** Whether only the beginning is shown. What was long when it came is; what grows before the reader's eyes is not. */
  declare private folded: boolean;
  #lines: CodeLines | undefined;
  #stopColouring: () => void = () => undefined;

  constructor() {
    super();
    this.code = '';
    this.language = '';
    this.complete = false;
    this.folded = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#draw();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopColouring();
  }

  protected override willUpdate(): void {
    if (!this.hasUpdated) this.folded = this.complete && foldedEnd(this.code) !== undefined;
  }

  protected override render(): TemplateResult {
    return html`<pre tabindex="0" aria-label=${l10n.t('Code')} role="group"><code></code></pre>
      ${this.folded ? this.#unfoldButton() : nothing}`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.size > 0) this.#draw();
  }

  #unfoldButton(): TemplateResult {
    const lines = figures.count(this.code.split('\n').length);
    return html`<button type="button" class="unfold" @click=${() => this.#unfold()}>${l10n.t('Show all {0} lines', lines)}</button>`;
  }

  /** The button goes, and the focus with it. */
  #unfold(): void {
    this.folded = false;
    this.querySelector('pre')?.focus({ preventScroll: true });
  }

  #draw(): void {
    this.#stopColouring();
    const root = this.querySelector('code');
    if (!root) return;
    this.#lines ??= new CodeLines(root);
    const code = withVisibleControls(this.folded ? this.code.slice(0, foldedEnd(this.code)) : this.code);
    this.#lines.show(code);
    if (this.complete) this.#stopColouring = whenIdle(this.#lines.colour(highlight(code, this.language)));
  }
}

/** Where the part of it ends that is shown folded; undefined when it is short. */
function foldedEnd(code: string): number | undefined {
  let end = -1;
  for (let lines = 0; lines < FOLDED_LINES; lines += 1) {
    end = code.indexOf('\n', end + 1);
    if (end < 0) return undefined;
  }
  return end;
}

customElements.define('endless-code-text', EndlessCodeText);
