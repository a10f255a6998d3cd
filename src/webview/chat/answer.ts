import { html, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { express } from '../intent.ts';
import { LightElement } from '../light-element.ts';
import { NO_BLOCKS, splitBlocks, type Block, type BlockedText } from '../markdown/blocks.ts';
import { nestedCode } from '../markdown/fenced-code.ts';
import { lineAbove, lineAboveElement } from '../markdown/line-above.ts';
import { renderProse } from '../markdown/render-prose.ts';
import { EndlessCode } from './code-block.ts';

/** An answer as Markdown. While it grows only its last block is drawn anew. */
export class EndlessAnswer extends LightElement {
  static override properties = { text: {}, turnId: { type: Number }, running: { type: Boolean }, complete: { type: Boolean } };
  declare text: string;
  declare turnId: number;
  /** Whether more is to come. */
  declare running: boolean;
  /** Whether the model has said all that it had to say, so that code at the end is whole, too. */
  declare complete: boolean;
  #blocks: BlockedText = NO_BLOCKS;
  /** Prose that is drawn; blocks that have settled stay the same objects. */
  readonly #drawn = new WeakMap<Block, HTMLElement>();

  constructor() {
    super();
    this.text = '';
    this.turnId = 0;
    this.complete = false;
    this.running = false;
    this.addEventListener('click', (event) => this.#openLink(event));
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('text')) this.#blocks = splitBlocks(this.#blocks, this.text);
    if (changed.has('complete')) for (const block of this.#blocks.open) this.#drawn.delete(block);
  }

  protected override render(): TemplateResult {
    const { settled, open } = this.#blocks;
    return html`${repeat(
      [...settled, ...open],
      (block, index) => `${index} ${block.kind}`,
      (block, index) => this.#block(block, open[index - settled.length - 1] ?? settled[index - 1]),
    )}`;
  }

  #block(block: Block, above: Block | undefined): TemplateResult | HTMLElement {
    switch (block.kind) {
      case 'code':
        return html`<endless-code
          .code=${block.code}
          .language=${block.language}
          .info=${block.info}
          .lineAbove=${lineAbove(above)}
          .turnId=${this.turnId}
          .closed=${block.closed || this.complete}
          .settled=${block.closed || !this.running}
        ></endless-code>`;
      case 'plain':
        return html`<div class="prose plain">${block.text}</div>`;
      case 'prose':
        return this.#prose(block, block.source);
    }
  }

  #prose(block: Block, source: string): HTMLElement {
    const isSettled = !this.#blocks.open.includes(block);
    const element = this.#drawn.get(block) ?? this.#drawProse(source, isSettled || this.complete);
    this.#drawn.set(block, element);
    element.classList.toggle('written', this.running && block === this.#blocks.open.at(-1));
    for (const code of element.querySelectorAll('endless-code')) {
      if (code instanceof EndlessCode) code.settled = isSettled || !this.running;
    }
    return element;
  }

  #drawProse(source: string, isWhole: boolean): HTMLElement {
    const element = document.createElement('div');
    element.className = 'prose';
    element.append(renderProse(source));
    this.#frameCode(element, source, isWhole);
    for (const table of element.querySelectorAll('table')) wrap(table);
    return element;
  }

  /** Code inside a list or a quote gets the same frame as code between paragraphs. */
  #frameCode(prose: HTMLElement, source: string, isWhole: boolean): void {
    const inside = prose.querySelectorAll('pre');
    const fenced = inside.length > 0 ? nestedCode(source, isWhole) : [];
    for (const [at, pre] of inside.entries()) {
      const element = new EndlessCode();
      element.code = pre.textContent.replace(/\n$/, '');
      Object.assign(element, fenced[at], { lineAbove: lineAboveElement(pre), turnId: this.turnId });
      pre.replaceWith(element);
    }
  }

  /** The host opens links; the page itself goes nowhere, and VS Code's own handler is not to open them again. */
  #openLink(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (!link) return;
    event.preventDefault();
    event.stopPropagation();
    express(this, { type: 'openLink', href: link.getAttribute('href') ?? '' });
  }
}

/** A table that is too wide scrolls by itself. */
function wrap(table: HTMLElement): void {
  const frame = document.createElement('div');
  frame.className = 'table';
  frame.tabIndex = 0;
  frame.role = 'group';
  table.replaceWith(frame);
  frame.append(table);
}

customElements.define('endless-answer', EndlessAnswer);
