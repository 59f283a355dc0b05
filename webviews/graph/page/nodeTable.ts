// <graph-table>: all nodes of the model as a table, the twin of the picture for those who read instead of look.
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { NodeRow } from '../../../src/protocol/panels/graph';
import { baseStyles } from '../../kit/styles';
import type { GraphStore } from '../store/graphStore';
import { NodePages } from '../store/nodePages';
import { changeText } from './describe';
import { formStyles } from './formStyles';
import { rowHeight, rowsInSight, rowsText, scrollTo } from './rowWindow';
import { tableStyles } from './tableStyles';

/** Shows the nodes of another store from the start when it is given one. Events: `table-open` (Enter or a double click on a row), `pane-escape`. */
@customElement('graph-table')
export class NodeTable extends LitElement {
  static override styles = [baseStyles, formStyles, tableStyles];

  @property({ attribute: false }) accessor store: GraphStore | undefined = undefined;
  /** Two models are on show: the heading says whose nodes these are. */
  @property({ type: Boolean }) accessor isCompared = false;
  @state() private accessor pages: NodePages | undefined = undefined;
  @state() private accessor current = 0;
  @query('.scroll') private accessor scroller!: HTMLElement;
  @query('input') private accessor input!: HTMLInputElement;
  private endListening: (() => void) | undefined;
  private typing: ReturnType<typeof setTimeout> | undefined;
  private choosing: ReturnType<typeof setTimeout> | undefined;
  private readonly resizes = new ResizeObserver(() => this.requestUpdate());

  override connectedCallback(): void {
    super.connectedCallback();
    this.resizes.observe(this);
    this.listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resizes.disconnect();
    this.endListening?.();
    clearTimeout(this.typing);
    clearTimeout(this.choosing);
  }

  private listen(): void {
    this.endListening?.();
    this.endListening = this.store?.listen((change) => {
      if (change === 'facts') this.find();
      else if (change === 'selection' || change === 'marks') this.requestUpdate();
    });
  }

  /** Puts the keyboard into the table. */
  override focus(): void {
    this.scroller.focus();
  }

  private find(): void {
    const { store } = this;
    if (store === undefined) return;
    this.current = 0;
    this.pages = new NodePages(store.path, this.input.value.trim(), () => this.requestUpdate());
    void this.pages.need(0, 0);
  }

  private typed(): void {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.find(), 150);
  }

  /** The picture follows when the keys rest. */
  private choose(index: number): void {
    const total = this.pages?.total ?? 0;
    this.current = Math.max(0, Math.min(total - 1, index));
    clearTimeout(this.choosing);
    this.choosing = setTimeout(() => void this.reveal(), 120);
  }

  private async reveal(): Promise<void> {
    await this.pages?.need(this.current, this.current);
    const row = this.pages?.at(this.current);
    if (row === undefined) return;
    await this.store?.reveal(row.id, row.groups);
    this.dispatchEvent(new CustomEvent('search-found'));
  }

  private pressed(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / rowHeight) - 2);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (step !== undefined) this.choose(this.current + step);
    else if (event.key === 'Enter') void this.reveal().then(() => this.dispatchEvent(new CustomEvent('table-open')));
    else if (event.key === 'Escape') this.dispatchEvent(new CustomEvent('pane-escape'));
    else return;
    event.preventDefault();
  }

  override updated(changed: PropertyValues): void {
    const { scroller } = this;
    if (changed.has('store')) {
      this.listen();
      this.find();
    }
    if (changed.has('current')) {
      scroller.scrollTop = scrollTo(this.current, scroller.scrollTop, scroller.clientHeight, rowHeight);
    }
    const total = this.pages?.total ?? 0;
    const { first, end } = rowsInSight(scroller.scrollTop, scroller.clientHeight, total);
    scroller.style.setProperty('--above', `${first * rowHeight}px`);
    scroller.style.setProperty('--below', `${(total - end) * rowHeight}px`);
  }

  private get heading(): string {
    const { store } = this;
    if (!this.isCompared || store === undefined) return 'Nodes';
    return `Nodes of ${store.facts?.fileName ?? 'the model'}`;
  }

  override render(): TemplateResult {
    const total = this.pages?.total;
    const { overlay, changes } = this.store ?? {};
    const titles = ['Operator', 'Name', 'Group', 'Inputs', 'Outputs'];
    if (overlay !== undefined) titles.splice(2, 0, overlay.choice.label);
    if (changes !== undefined) titles.unshift('Change');
    return html`
      <div class="bar">
        <h2>${this.heading}</h2>
        <input
          type="text"
          aria-label="Show only nodes with this text"
          placeholder="Filter"
          spellcheck="false"
          @input=${() => this.typed()}
        />
        <span role="status" class="quiet"
          >${total === undefined ? 'Reading…' : rowsText(total, this.pages?.ports ?? 0)}</span
        >
      </div>
      <div
        class="scroll"
        role="grid"
        tabindex="0"
        aria-label=${this.isCompared ? `All nodes: ${this.heading}` : 'All nodes of the model'}
        aria-rowcount=${(total ?? 0) + 1}
        aria-activedescendant=${(total ?? 0) === 0 ? nothing : `row-${this.current}`}
        @keydown=${(event: KeyboardEvent) => this.pressed(event)}
        @scroll=${() => this.requestUpdate()}
      >
        <div class="line head" role="row" aria-rowindex="1">
          ${titles.map((title) => html`<span role="columnheader" title=${title}>${title}</span>`)}
        </div>
        <div class="above" role="presentation"></div>
        ${this.renderRows(total ?? 0)}
        <div class="below" role="presentation"></div>
        ${total === 0 ? html`<div role="row"><p role="gridcell" class="none">No node has this text.</p></div>` : nothing}
      </div>
    `;
  }

  private renderRows(total: number): TemplateResult[] {
    const { pages } = this;
    if (pages === undefined || !this.hasUpdated) return [];
    const { first, end } = rowsInSight(this.scroller.scrollTop, this.scroller.clientHeight, total);
    if (end > first) void pages.need(first, end - 1);
    return Array.from({ length: Math.max(0, end - first) }, (_, offset) => {
      const index = first + offset;
      const row = pages.at(index);
      const isSelected = row !== undefined && row.id === this.store?.selected;
      return html`<div
        class="line ${index === this.current ? 'current' : ''}"
        id=${`row-${index}`}
        role="row"
        aria-rowindex=${index + 2}
        aria-selected=${String(isSelected)}
        @click=${() => this.choose(index)}
        @dblclick=${() => this.dispatchEvent(new CustomEvent('table-open'))}
      >
        ${this.cells(row).map((text) => html`<span role="gridcell" title=${text}>${text}</span>`)}
      </div>`;
    });
  }

  private cells(row: NodeRow | undefined): string[] {
    if (row === undefined) return ['…', '', '', '', ''];
    const { overlay, changes } = this.store ?? {};
    const cells = [row.opType, row.name, row.groups.at(-1) ?? '', row.inputs.join(', '), row.outputs.join(', ')];
    if (overlay !== undefined) cells.splice(2, 0, overlay.values[row.id]?.text ?? '');
    if (changes !== undefined) {
      const change = changes[row.id];
      cells.unshift(change === undefined ? '' : changeText(change.change, change.text));
    }
    return cells.map((text) => text.slice(0, 500));
  }
}
