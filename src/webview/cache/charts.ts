import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { CacheLayout } from '../../shared/cache-layout.ts';
import type { Sample } from '../../shared/protocol/sample.ts';
import { LightElement } from '../light-element.ts';
import { figures } from '../localization.ts';
import { CHARTS, floorOf, isEmpty, linesOf, type ChartName, type Line } from './chart-data.ts';
import { chartSentence, chartSummary, chartTick, chartTitle, chartValue, unmeasuredSentence } from './chart-texts.ts';
import { Plot } from './plot.ts';

/** What was measured today, as lines over a common time; each says what the user should see. */
export class EndlessCharts extends LightElement {
  static override properties = { samples: { attribute: false }, strategy: { attribute: false }, at: { state: true } };
  /** Undefined while they are not known. */
  declare samples: readonly Sample[] | undefined;
  declare strategy: CacheLayout['strategy'];
  /** The sample that the cursor is at, in all charts. */
  declare private at: number | undefined;
  readonly #plots = new Map<ChartName, Plot>();
  readonly #resized = new ResizeObserver(() => {
    for (const plot of this.#plots.values()) plot.fit();
  });
  /** VS Code changes these when another theme is chosen. */
  readonly #themed = new MutationObserver(() => this.#draw());

  constructor() {
    super();
    this.strategy = 'streaming';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
    this.#themed.observe(document.documentElement, { attributeFilter: ['style', 'class'] });
    this.#themed.observe(document.body, { attributeFilter: ['class'] });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
    this.#themed.disconnect();
    for (const plot of this.#plots.values()) plot.dispose();
    this.#plots.clear();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { samples } = this;
    if (!samples) return nothing;
    if (samples.length === 0)
      return html`<p class="hint">${l10n.t('No answer was measured today yet. The lines begin with the first.')}</p>`;
    return html`${CHARTS.map((chart) => this.#chart(chart, linesOf(chart, samples)))}`;
  }

  protected override updated(): void {
    this.#draw();
  }

  #chart(chart: ChartName, lines: readonly Line[]): TemplateResult {
    const [first] = lines;
    const isMeasured = first !== undefined && !isEmpty(first);
    return html`<figure class="chart chart-${chart}">
      <figcaption>
        <h4>${chartTitle(chart)}</h4>
        <span class="reading" aria-hidden="true">${isMeasured ? this.#reading(chart, lines) : nothing}</span>
      </figcaption>
      ${
        isMeasured
          ? html`<div class="plot" data-chart=${chart} aria-hidden="true"></div>
              <p class="for-screen-readers">${chartSummary(chart, lines)}</p>`
          : html`<p class="hint">${unmeasuredSentence(this.strategy)}</p>`
      }
      <p class="sentence">${chartSentence(chart, this.strategy)}</p>
    </figure>`;
  }

  /** The values at the cursor, or the newest ones. */
  #reading(chart: ChartName, lines: readonly Line[]): TemplateResult {
    const at = this.at ?? (this.samples?.length ?? 0) - 1;
    const values = lines.map((line) => line[at] ?? null).map((value) => (value === null ? '–' : chartValue(chart, value)));
    const sample = this.at === undefined ? undefined : this.samples?.[this.at];
    const gpu = values[1] === undefined ? nothing : html` · ${l10n.t('GPU {0}', values[1])}`;
    return html`${sample ? html`<span class="moment">${figures.clock(sample.at)}</span> ` : nothing}${values[0]}${gpu}`;
  }

  #draw(): void {
    const samples = this.samples ?? [];
    const times = samples.map(({ at }) => at);
    const places = new Map([...this.querySelectorAll<HTMLElement>('.plot')].map((place) => [place.dataset['chart'], place]));
    for (const chart of CHARTS) {
      const place = places.get(chart);
      if (place) this.#plot(chart, place).show(times, linesOf(chart, samples));
    }
  }

  #plot(chart: ChartName, place: HTMLElement): Plot {
    const known = this.#plots.get(chart);
    if (known?.place === place) return known;
    known?.dispose();
    const plot = new Plot({
      place,
      floor: floorOf(chart),
      showsTime: chart === CHARTS.at(-1),
      format: (value) => chartTick(chart, value),
      onCursor: (at) => (this.at = at),
    });
    this.#plots.set(chart, plot);
    return plot;
  }
}

customElements.define('endless-charts', EndlessCharts);
