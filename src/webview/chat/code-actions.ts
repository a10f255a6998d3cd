import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { isShell } from '../../shared/code/shell-commands.ts';
import { LONGEST_CODE, LONGEST_CODE_LINE, type CodeAction } from '../../shared/view-messages.ts';
import { icon } from '../actions.ts';
import { express } from '../intent.ts';
import { LightElement } from '../light-element.ts';

/** A block of code with what the host has to know of it. */
export interface CodeInTurn {
  readonly code: string;
  readonly language: string;
  /** What stands behind its fence. */
  readonly info: string;
  /** The line of text above it. */
  readonly lineAbove: string;
  readonly turnId: number;
  /** Whether nothing more can come into it. */
  readonly closed: boolean;
}

interface ActionButton {
  readonly label: string;
  readonly icon: string;
  readonly act: () => void;
}

/** The buttons above a block of code, one stop of the Tab key; arrow keys go from one to the next. */
export class EndlessCodeActions extends LightElement {
  static override properties = { block: { attribute: false }, copied: { state: true }, current: { state: true } };
  declare block: CodeInTurn;
  /** The code as it was copied last; growing code is not the same any more. */
  declare private copied: string | undefined;
  /** Which of the buttons has the focus, or had it last. */
  declare private current: number;

  constructor() {
    super();
    this.current = 0;
  }

  protected override render(): TemplateResult {
    const buttons = this.#buttons();
    const current = Math.min(this.current, buttons.length - 1);
    return html`<div
      class="code-actions"
      role="toolbar"
      aria-label=${l10n.t('Actions for this code')}
      @keydown=${(event: KeyboardEvent) => this.#move(event, current, buttons.length)}
    >
      ${buttons.map(
        ({ label, icon: name, act }, at) =>
          html`<button
            type="button"
            class="icon-button"
            title=${label}
            aria-label=${label}
            tabindex=${at === current ? 0 : -1}
            @focus=${() => (this.current = at)}
            @click=${act}
          >
            ${icon(name)}
          </button>`,
      )}
    </div>`;
  }

  /** Code that still grows can only be copied. */
  #buttons(): readonly ActionButton[] {
    const { code, language, closed } = this.block;
    const copied = this.copied === code;
    const copy = { label: copied ? l10n.t('Copied') : l10n.t('Copy code'), icon: copied ? 'check' : 'copy', act: () => this.#copy() };
    if (!closed || code === '' || code.length > LONGEST_CODE) return [copy];
    return [
      copy,
      { label: l10n.t('Insert at cursor'), icon: 'insert', act: () => this.#ask('insert') },
      { label: l10n.t('Apply as diff'), icon: 'diff', act: () => this.#ask('apply') },
      { label: l10n.t('New file…'), icon: 'new-file', act: () => this.#ask('newFile') },
      ...(isShell(language) ? [{ label: l10n.t('Run in terminal…'), icon: 'terminal', act: () => this.#ask('run') }] : []),
    ];
  }

  #copy(): void {
    this.copied = this.block.code;
    express(this, { type: 'copy', text: this.block.code });
  }

  #ask(action: CodeAction): void {
    const { code, info, lineAbove, turnId } = this.block;
    const line = (text: string): string => text.slice(0, LONGEST_CODE_LINE);
    express(this, { type: 'code', action, turnId, code, info: line(info), before: line(lineAbove) });
  }

  #move(event: KeyboardEvent, current: number, count: number): void {
    const next = { ArrowRight: current + 1, ArrowLeft: current + count - 1, Home: 0, End: count - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.querySelectorAll('button')[next % count]?.focus();
  }
}

customElements.define('endless-code-actions', EndlessCodeActions);
