// <graph-changes>: what differs between two models, one line each, to go through one after the other.
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { baseStyles } from '../../kit/styles';
import type { ChangeLine, Comparison } from '../store/comparison';
import { changeSigns } from '../view/marks';
import { formStyles } from './formStyles';
import { iconButton } from './iconButton';

/** Lines drawn: beyond them the table of nodes and the next-button go on. */
const mostLines = 500;

/** Events: `change-shown`, `changes-close`. */
@customElement('graph-changes')
export class ChangeList extends LitElement {
  static override styles = [
    baseStyles,
    formStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        max-height: 40%;
        border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, GrayText));
      }
      .head {
        display: flex;
        align-items: center;
        gap: 2px;
        padding: 6px 8px 0 14px;
      }
      h2 {
        flex: 1;
        margin: 0;
        font-size: 1em;
      }
      p {
        margin: 0;
        padding: 2px 14px 6px;
        color: var(--vscode-descriptionForeground);
      }
      ul {
        min-height: 0;
        margin: 0;
        padding: 0 0 6px;
        overflow: auto;
        list-style: none;
      }
      li button {
        display: flex;
        gap: 8px;
        width: 100%;
        padding: 2px 14px;
        border: 0;
        background: none;
        color: inherit;
        font: inherit;
        text-align: left;
        cursor: pointer;
      }
      li button:hover {
        background: var(--vscode-list-hoverBackground);
      }
      li button[aria-current='true'] {
        background: var(--vscode-list-activeSelectionBackground);
        color: var(--vscode-list-activeSelectionForeground);
        outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .sign {
        flex: 0 0 1em;
        font-weight: 600;
        text-align: center;
      }
      .added {
        color: var(--vscode-gitDecoration-addedResourceForeground);
      }
      .removed {
        color: var(--vscode-gitDecoration-deletedResourceForeground);
      }
      .changed {
        color: var(--vscode-gitDecoration-modifiedResourceForeground);
      }
      [aria-current='true'] .sign {
        color: inherit;
      }
      .what {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) accessor comparison: Comparison | undefined = undefined;
  @state() private accessor current = -1;

  private go(index: number): void {
    const lines = this.comparison?.lines ?? [];
    if (lines.length === 0) return;
    this.current = (index + lines.length) % lines.length;
    const line = lines[this.current];
    if (line === undefined) return;
    void this.comparison?.show(line).then(() => this.dispatchEvent(new CustomEvent('change-shown')));
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' }),
    );
  }

  override render(): TemplateResult {
    const { comparison, current } = this;
    const lines = comparison?.lines ?? [];
    const isDisabled = lines.length === 0;
    const place = current < 0 ? `${lines.length}` : `${current + 1} of ${lines.length}`;
    return html`
      <div class="head">
        <h2>Changes <span role="status">${place}</span></h2>
        ${iconButton('arrow-up', 'Previous change', () => this.go(current < 0 ? -1 : current - 1), { isDisabled })}
        ${iconButton('arrow-down', 'Next change', () => this.go(current + 1), { isDisabled })}
        ${iconButton('close', 'End the comparison', () => this.dispatchEvent(new CustomEvent('changes-close')))}
      </div>
      <p>${comparison?.summary}</p>
      <ul>
        ${lines.slice(0, mostLines).map((line, index) => this.renderLine(line, index))}
      </ul>
      ${lines.length > mostLines ? html`<p>The first ${mostLines} are listed.</p>` : nothing}
    `;
  }

  private renderLine({ id, change, text }: ChangeLine, index: number): TemplateResult {
    return html`<li>
      <button type="button" aria-current=${String(index === this.current)} @click=${() => this.go(index)}>
        <span class="sign ${change}" aria-label=${change} role="img">${changeSigns[change]}</span>
        <span class="what">${id} ${text === '' ? nothing : html`<span>· ${text}</span>`}</span>
      </button>
    </li>`;
  }
}
