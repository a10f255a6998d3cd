import { html, type TemplateResult } from 'lit';

/** The mark of Endless: a loop that goes on for ever, anchored at one point. */
export function mark(): TemplateResult {
  return html`<svg class="mark" viewBox="0 0 48 32" aria-hidden="true">
    <path class="stream" d="M35 7C27 7 21 25 13 25a9 9 0 0 1 0-18c3.2 0 5.8 2 8 4.8M27 20.2c2.2 2.8 4.8 4.8 8 4.8a9 9 0 0 0 0-18" />
    <circle class="anchor" cx="13" cy="16" r="3.6" />
  </svg>`;
}
