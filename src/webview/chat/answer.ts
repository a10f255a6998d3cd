import { html, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { express } from '../intent.ts';
import { LightElement } from '../light-element.ts';
import { NO_BLOCKS, splitBlocks, type Block, type BlockedText } from '../markdown/blocks.ts';
import { renderProse } from '../markdown/render-prose.ts';
import { EndlessCode } from './code-block.ts';

/** An answer as Markdown. While it grows only its last block is drawn anew. */
export class EndlessAnswer extends LightElement {
  static override properties = { text: {}, running: { type: Boolean } };
  declare text: string;
  /** Whether more is to come. */
  declare running: boolean;
  #blocks: BlockedText = NO_BLOCKS;
  /** Prose that is drawn; blocks that have settled stay the same objects. */
  readonly #drawn = new WeakMap<Block, HTMLElement>();

  constructor() {
    super();
    this.text = '';
    this.running = false;
    this.addEventListener('click', (event) => this.#openLink(event));
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('text')) this.#blocks = splitBlocks(this.#blocks, this.text);
  }

  protected override render(): TemplateResult {
    const { settled, open } = this.#blocks;
    return html`${repeat(
      [...settled, ...open],
      (block, index) => `${index} ${block.kind}`,
      (block, index) => this.#block(block, index < settled.length || !this.running),
    )}`;
  }

  #block(block: Block, complete: boolean): TemplateResult | HTMLElement {
    switch (block.kind) {
      case 'code':
        return html`<endless-code .code=${block.code} .language=${block.language} .complete=${complete || block.closed}></endless-code>`;
      case 'plain':
        return html`<div class="prose plain">${block.text}</div>`;
      case 'prose':
        return this.#prose(block, block.source, complete);
    }
  }

  #prose(block: Block, source: string, complete: boolean): HTMLElement {
    const element = this.#drawn.get(block) ?? drawProse(source);
    this.#drawn.set(block, element);
    for (const code of element.querySelectorAll('endless-code')) if (code instanceof EndlessCode) code.complete = complete;
    return element;
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

function drawProse(source: string): HTMLElement {
  const element = document.createElement('div');
  element.className = 'prose';
  element.append(renderProse(source));
  for (const pre of element.querySelectorAll('pre')) pre.replaceWith(codeBlock(pre));
  for (const table of element.querySelectorAll('table')) wrap(table);
  return element;
}

/** Code inside a list or a quote gets the same frame as code between paragraphs. */
function codeBlock(pre: HTMLElement): EndlessCode {
  const code = pre.querySelector('code') ?? pre;
  const element = new EndlessCode();
  element.code = code.textContent.replace(/\n$/, '');
  element.language = code.className.replace(/^language-/, '');
  return element;
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
