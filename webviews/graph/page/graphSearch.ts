// <graph-search>: finds nodes by name, op type, group or tensor, and goes from one to the next.
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { NodeRow } from '../../../src/protocol/panels/graph';
import { baseStyles } from '../../kit/styles';
import type { GraphStore } from '../store/graphStore';
import { NodePages } from '../store/nodePages';
import { formStyles } from './formStyles';
import { iconButton } from './iconButton';
import { rowHeight, rowsInSight, scrollTo } from './rowWindow';
import { searchStyles } from './searchStyles';

/** Events: `search-close`, `search-found` (a node was gone to). */
@customElement('graph-search')
export class GraphSearch extends LitElement {
  static override styles = [baseStyles, formStyles, searchStyles];

  @property({ attribute: false }) accessor store: GraphStore | undefined = undefined;
  @state() private accessor pages: NodePages | undefined = undefined;
  @state() private accessor current = -1;
  @query('input') private accessor input!: HTMLInputElement;
  @query('.results') private accessor list!: HTMLElement | null;
  private typing: ReturnType<typeof setTimeout> | undefined;

  /** Puts the keyboard into the field, with what is in it marked. */
  override focus(): void {
    this.input.focus();
    this.input.select();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.typing);
  }

  /** Asks again: the file has changed. */
  refresh(): void {
    this.find(this.input.value);
  }

  private typed(): void {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.find(this.input.value), 120);
  }

  private find(text: string): void {
    this.current = -1;
    const { store } = this;
    if (store === undefined || text.trim() === '') {
      this.pages = undefined;
      return;
    }
    this.pages = new NodePages(store.path, text.trim(), () => this.requestUpdate());
    void this.pages.need(0, 0);
  }

  private async go(index: number): Promise<void> {
    const { pages } = this;
    const total = pages?.total ?? 0;
    if (pages === undefined || total === 0) return;
    const next = (index + total) % total;
    await pages.need(next, next);
    const row = pages.at(next);
    if (row === undefined || pages !== this.pages) return;
    this.current = next;
    await this.show(row);
  }

  private async show({ id, groups }: NodeRow): Promise<void> {
    await this.store?.reveal(id, groups);
    this.dispatchEvent(new CustomEvent('search-found'));
  }

  private pressed(event: KeyboardEvent): void {
    const { key, shiftKey } = event;
    const step = key === 'Enter' ? (shiftKey ? -1 : 1) : key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
    if (step === 0 && key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    if (key === 'Escape') this.dispatchEvent(new CustomEvent('search-close'));
    else void this.go(this.current < 0 && step < 0 ? -1 : this.current + step);
  }

  override updated(changed: PropertyValues): void {
    const { list } = this;
    if (list === null) return;
    if (changed.has('current') && this.current >= 0) {
      list.scrollTop = scrollTo(this.current, list.scrollTop, list.clientHeight);
    }
    const total = this.pages?.total ?? 0;
    const { first, end } = rowsInSight(list.scrollTop, list.clientHeight, total);
    list.style.setProperty('--above', `${first * rowHeight}px`);
    list.style.setProperty('--below', `${(total - end) * rowHeight}px`);
  }

  override render(): TemplateResult {
    const { total } = this.pages ?? {};
    const count =
      this.pages === undefined ? '' : total === undefined ? '…' : total === 0 ? 'Nothing found' : this.place(total);
    const isDisabled = (total ?? 0) === 0;
    return html`<div class="box" role="search" @keydown=${(event: KeyboardEvent) => this.pressed(event)}>
      <div class="row">
        <input
          type="text"
          aria-label="Find nodes by name, operator, group or tensor"
          placeholder="Find nodes"
          spellcheck="false"
          role="combobox"
          aria-expanded=${String(!isDisabled)}
          aria-controls="results"
          aria-activedescendant=${this.current < 0 ? nothing : `result-${this.current}`}
          @input=${() => this.typed()}
        />
        <span class="count" role="status">${count}</span>
        ${iconButton('arrow-up', 'Previous (Shift+Enter)', () => this.go(this.current < 0 ? -1 : this.current - 1), { isDisabled })}
        ${iconButton('arrow-down', 'Next (Enter)', () => this.go(this.current + 1), { isDisabled })}
        ${iconButton('close', 'Close (Escape)', () => this.dispatchEvent(new CustomEvent('search-close')))}
      </div>
      <div
        class="results"
        id="results"
        role="listbox"
        aria-label="Nodes found"
        ?hidden=${isDisabled}
        @scroll=${() => this.requestUpdate()}
      >
        <div class="above" role="presentation"></div>
        ${this.renderRows(total ?? 0)}
        <div class="below" role="presentation"></div>
      </div>
    </div>`;
  }

  private place(total: number): string {
    return this.current < 0
      ? `${total.toLocaleString('en')} found`
      : `${this.current + 1} of ${total.toLocaleString('en')}`;
  }

  private renderRows(total: number): TemplateResult[] {
    const { pages, list } = this;
    if (pages === undefined) return [];
    const { first, end } = rowsInSight(list?.scrollTop ?? 0, list?.clientHeight ?? 8 * rowHeight, total);
    void pages.need(first, end - 1);
    return Array.from({ length: end - first }, (_, offset) => {
      const index = first + offset;
      const row = pages.at(index);
      return html`<div
        class="result"
        id=${`result-${index}`}
        role="option"
        aria-selected=${String(index === this.current)}
        aria-setsize=${total}
        aria-posinset=${index + 1}
        title=${row?.name ?? nothing}
        @click=${() => this.go(index)}
      >
        <span>${row?.opType ?? '…'}</span><span class="quiet">${row?.name.slice(0, 300)}</span>
      </div>`;
    });
  }
}
