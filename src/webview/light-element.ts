import { LitElement } from 'lit';

/**
 * A component without a shadow: the one stylesheet, the theme's variables and the icon font reach into it, and the
 * content security policy needs no exception.
 */
export abstract class LightElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
