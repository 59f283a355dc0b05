// What draws for a width: it knows its own, also after that has changed.
import { LitElement } from 'lit';
import { state } from 'lit/decorators.js';

/** An element that is drawn again when its width changes. */
export abstract class MeasuredElement extends LitElement {
  /** Pixels; 0 until it is known, which is at once. */
  @state() protected accessor width = 0;
  private readonly resizes = new ResizeObserver(([entry]) => {
    this.width = Math.floor(entry?.contentRect.width ?? 0);
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.resizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resizes.disconnect();
  }
}
