import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import { express } from '../intent.ts';
import { LightElement } from '../light-element.ts';
import { NO_BLOCKS, splitBlocks, type Block, type BlockedText, type ListBlock, type ProseBlock } from '../markdown/blocks.ts';
import type { FencedCode } from '../markdown/fenced-code.ts';
import { lineAbove } from '../markdown/line-above.ts';
import { renderLine, renderProse } from '../markdown/render-prose.ts';
import './code-block.ts';

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
  }

  protected override render(): TemplateResult {
    return this.#drawAll(this.#blocks, (block, above) => this.#drawBlock(block, above));
  }

  /** What stays the same is not touched, in lists and quotes neither: somebody may be about to click on it, or have selected it. */
  #drawAll({ settled, open }: BlockedText, draw: (block: Block, above: Block | undefined) => unknown): TemplateResult {
    return html`${repeat(
      [...settled, ...open],
      (block, index) => `${index} ${block.kind}`,
      (block, index) => draw(block, open[index - settled.length - 1] ?? settled[index - 1]),
    )}`;
  }

  #drawBlock(block: Block, above: Block | undefined): TemplateResult {
    if (block.kind === 'code' || block.kind === 'plain') return this.#drawPart(block, above);
    const isWritten = this.running && block === this.#blocks.open.at(-1);
    return html`<div class=${isWritten ? 'prose written' : 'prose'}>${this.#drawPart(block, above)}</div>`;
  }

  /** @param isTight whether paragraphs are but their text. */
  #drawPart(block: Block, above: Block | undefined, isTight = false): TemplateResult {
    switch (block.kind) {
      case 'code':
        return this.#drawCode(block, above);
      case 'plain':
        return html`<div class="prose plain">${block.text}</div>`;
      case 'paragraph':
      case 'prose':
        return html`${guard([block.source, isTight], () => drawProse(block, isTight))}`;
      case 'list':
        return this.#drawList(block);
      case 'quote':
        return html`<blockquote>${this.#drawAll(block.text, (part, before) => this.#drawPart(part, before))}</blockquote>`;
    }
  }

  #drawCode(block: FencedCode, above: Block | undefined): TemplateResult {
    return html`<endless-code
      .code=${block.code}
      .language=${block.language}
      .info=${block.info}
      .lineAbove=${lineAbove(above)}
      .turnId=${this.turnId}
      .closed=${block.closed || this.complete}
      .settled=${block.closed || !this.running}
    ></endless-code>`;
  }

  #drawList({ start, isLoose, items }: ListBlock): TemplateResult {
    const drawn = items.map((item) => html`<li>${this.#drawAll(item, (block, above) => this.#drawPart(block, above, !isLoose))}</li>`);
    return start === undefined
      ? html`<ul>
          ${drawn}
        </ul>`
      : html`<ol start=${start === 1 ? nothing : start}>
          ${drawn}
        </ol>`;
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

function drawProse({ kind, source }: ProseBlock, isTight: boolean): DocumentFragment {
  const prose = kind === 'paragraph' && isTight ? renderLine(source) : renderProse(source);
  for (const table of prose.querySelectorAll('table')) wrap(table);
  return prose;
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
