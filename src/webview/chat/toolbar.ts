import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../actions.ts';
import { LightElement } from '../light-element.ts';

/** Something that can be done, as a button with an icon. */
export interface Tool {
  /** Names it within its toolbar. */
  readonly name: string;
  readonly icon: string;
  readonly label: string;
  /** What it does, where the label does not say it all. */
  readonly tip?: string;
  /** Whether it is in force, for what can be switched on and off. */
  readonly pressed?: boolean;
  /** Why it cannot be used now. */
  readonly obstacle?: string | undefined;
  /** What it says when it has been done. */
  readonly done?: string;
  readonly act: () => void;
}

/** Buttons in a row, of which one takes part in the order of focus; the arrow keys lead to the others. */
export class EndlessToolbar extends LightElement {
  static override properties = {
    tools: { attribute: false },
    label: {},
    current: { state: true },
    done: { state: true },
  };
  declare tools: readonly Tool[];
  declare label: string;
  /** Which one the Tab key leads to. */
  declare private current: number;
  /** Name of the one that was done last, until the focus goes elsewhere. */
  declare private done: string | undefined;

  constructor() {
    super();
    this.tools = [];
    this.label = '';
    this.current = 0;
    this.addEventListener('focusout', () => (this.done = undefined));
  }

  protected override render(): TemplateResult {
    const current = Math.min(this.current, this.tools.length - 1);
    return html`<div class="tools" role="toolbar" aria-label=${this.label} @keydown=${(event: KeyboardEvent) => this.#onKey(event)}>
      ${this.tools.map((tool, index) => this.#button(tool, index, index === current))}
    </div>`;
  }

  #button(tool: Tool, index: number, isCurrent: boolean): TemplateResult {
    const done = this.done === tool.name ? tool.done : undefined;
    const label = done ?? tool.label;
    return html`<button
      type="button"
      class="icon-button"
      data-tool=${tool.name}
      tabindex=${isCurrent ? 0 : -1}
      title=${tool.obstacle ?? (done === undefined ? tool.tip : done) ?? label}
      aria-label=${label}
      aria-pressed=${tool.pressed ?? nothing}
      aria-disabled=${tool.obstacle === undefined ? nothing : 'true'}
      @focus=${() => (this.current = index)}
      @click=${() => this.#act(tool)}
    >
      ${icon(done === undefined ? tool.icon : 'check')}
    </button>`;
  }

  #act(tool: Tool): void {
    if (tool.obstacle !== undefined) return;
    tool.act();
    this.done = tool.name;
  }

  #onKey(event: KeyboardEvent): void {
    const buttons = [...this.querySelectorAll('button')];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    buttons.at(next % buttons.length)?.focus();
  }
}

customElements.define('endless-toolbar', EndlessToolbar);
