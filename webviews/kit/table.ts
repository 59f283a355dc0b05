// <bench-table>: a table that is sorted by its headers, walked through with the keyboard, and drawn in part when it is long.
import { LitElement, css, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { baseStyles } from './styles';
import { longestWhole, rowWindow, sortRows } from './tableRows';
import type { SortDirection, SortValue } from './tableRows';

/** One column; what it shows is made of a row. */
export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  /** What the column tells, where its title does not. */
  readonly hint?: string;
  /** Figures are set flush right, and sorted from the greatest first. */
  readonly isNumber?: boolean;
  /** Takes the room that the others leave; what does not fit is cut with an ellipsis. */
  readonly isWide?: boolean;
  /** What it sorts by. */
  value(row: Row): SortValue;
  /** What it shows; absent: the value. */
  show?(row: Row): TemplateResult | string;
}

/** What the rows are sorted by. */
export interface TableSort {
  readonly column: string;
  readonly direction: SortDirection;
}

/** `select`: the rows that are selected now, in the order in which they were. `open`: Enter or a double click. */
export type RowsEvent<Row> = CustomEvent<{ readonly rows: readonly Row[] }>;

/** Events: `bench-select`, `bench-open` (RowsEvent), `bench-sort` (CustomEvent of TableSort). */
@customElement('bench-table')
export class BenchTable<Row extends object = object> extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
        overflow: auto;
        max-height: var(--bench-table-height, 60vh);
        position: relative;
        border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
        border-radius: 4px;
      }
      table {
        width: 100%;
        border-collapse: separate;
        border-spacing: 0;
        font-variant-numeric: tabular-nums;
      }
      th {
        position: sticky;
        top: 0;
        z-index: 1;
        padding: 0;
        text-align: left;
        font-weight: 600;
        background: var(--vscode-keybindingTable-headerBackground, var(--vscode-editor-background));
        background-color: var(--vscode-editor-background);
        border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, var(--vscode-foreground)));
      }
      th button {
        display: flex;
        gap: 4px;
        align-items: center;
        width: 100%;
        padding: 5px 10px;
        border: 0;
        background: none;
        color: inherit;
        font: inherit;
        text-align: inherit;
        white-space: nowrap;
        cursor: pointer;
      }
      th.number button {
        flex-direction: row-reverse;
      }
      td {
        height: 26px;
        padding: 2px 10px;
        white-space: nowrap;
      }
      td vscode-icon {
        vertical-align: text-bottom;
      }
      td.wide {
        width: 100%;
        max-width: 0;
        min-width: 160px;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .number {
        text-align: right;
      }
      tbody tr {
        cursor: default;
      }
      tbody tr:hover {
        background: var(--vscode-list-hoverBackground);
      }
      tbody tr[aria-selected='true'] {
        color: var(--vscode-list-inactiveSelectionForeground, inherit);
        background: var(--vscode-list-inactiveSelectionBackground);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      tbody tr:focus-visible {
        outline: 1px solid var(--vscode-focusBorder);
        outline-offset: -1px;
      }
      tbody tr[aria-selected='true']:focus {
        color: var(--vscode-list-activeSelectionForeground, inherit);
        background: var(--vscode-list-activeSelectionBackground);
      }
      tr.room td {
        height: var(--room);
        padding: 0;
      }
      @media (forced-colors: active) {
        tbody tr[aria-selected='true'] {
          outline: 2px solid Highlight;
        }
        tbody tr:focus-visible {
          outline: 2px solid CanvasText;
        }
        tbody tr[aria-selected='true']:focus-visible {
          outline: 4px double Highlight;
        }
      }
    `,
  ];

  /** What the table is about, for screen readers. */
  @property() accessor label = '';
  @property({ attribute: false }) accessor columns: readonly Column<Row>[] = [];
  @property({ attribute: false }) accessor rows: readonly Row[] = [];
  /** Tells rows apart over an update. */
  @property({ attribute: false }) accessor keyOf: (row: Row) => string | number = (row: Row): number =>
    this.rows.indexOf(row);
  @property({ attribute: false }) accessor sort: TableSort | undefined = undefined;
  /** Whether rows can be selected; several with Space or a click while Ctrl is held. */
  @property() accessor selectable: 'none' | 'one' | 'many' = 'one';
  @property({ attribute: false }) accessor selected: ReadonlySet<string | number> = new Set();
  /** The row that the Tab key goes to. */
  @state() private accessor focusedKey: string | number | undefined = undefined;
  @state() private accessor scrolled = 0;
  @query('tbody') private accessor body!: HTMLElement;
  private shownRows: readonly Row[] = [];
  private rowHeight = 26;
  private readonly resizes = new ResizeObserver(() => this.requestUpdate());

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('scroll', this.takeScroll, { passive: true });
    this.resizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('scroll', this.takeScroll);
    this.resizes.disconnect();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('rows') || changed.has('sort') || changed.has('columns')) this.shownRows = this.inOrder();
  }

  protected override updated(): void {
    const { from, to } = this.window;
    const height = (rows: number): string => `${rows * this.rowHeight}px`;
    const [above, below] = [...this.body.querySelectorAll<HTMLElement>('tr.room')];
    above?.style.setProperty('--room', height(from));
    below?.style.setProperty('--room', height(this.shownRows.length - to));
    const row = this.body.querySelector<HTMLElement>('tr[data-index]');
    if (row !== null && row.offsetHeight > 0) this.rowHeight = row.offsetHeight;
    this.keepFocus();
  }

  /** Drawn rows are used again for others when rows come, go or change places: the focus goes with its own. */
  private keepFocus(): void {
    const focused = this.shadowRoot?.activeElement;
    if (!(focused instanceof HTMLTableRowElement)) return;
    const isOwn = (row: Row | undefined): boolean => row !== undefined && this.keyOf(row) === this.focusedKey;
    if (isOwn(this.shownRows[Number(focused.dataset['index'])])) return;
    const index = this.shownRows.findIndex(isOwn);
    this.body.querySelector<HTMLElement>(`tr[data-index="${index}"]`)?.focus({ preventScroll: true });
  }

  /** Puts the focus on a row, into sight. */
  async focusRow(key: string | number): Promise<void> {
    const index = this.shownRows.findIndex((row) => this.keyOf(row) === key);
    if (index >= 0) await this.moveTo(index);
  }

  override render(): TemplateResult {
    const { from, to } = this.window;
    const isLong = this.shownRows.length > longestWhole;
    const room = isLong
      ? html`<tr class="room" role="presentation">
          <td role="presentation"></td>
        </tr>`
      : nothing;
    return html`<table
      role="grid"
      aria-label=${this.label}
      aria-rowcount=${this.shownRows.length + 1}
      aria-multiselectable=${this.selectable === 'many' ? 'true' : nothing}
    >
      <thead>
        <tr aria-rowindex="1">
          ${this.columns.map((column) => this.renderHeader(column))}
        </tr>
      </thead>
      <tbody @keydown=${this.takeKey}>
        ${room}${this.shownRows.slice(from, to).map((row, index) => this.renderRow(row, from + index))}${room}
      </tbody>
    </table>`;
  }

  private renderHeader(column: Column<Row>): TemplateResult {
    const direction = this.sort?.column === column.key ? this.sort.direction : undefined;
    const sign = direction === 'ascending' ? 'chevron-up' : 'chevron-down';
    return html`<th scope="col" class=${column.isNumber === true ? 'number' : nothing} aria-sort=${direction ?? 'none'}>
      <button type="button" title=${column.hint ?? nothing} @click=${() => this.sortBy(column)}>
        <span>${column.title}</span>
        ${direction === undefined ? nothing : html`<vscode-icon name=${sign} size="12" aria-hidden="true"></vscode-icon>`}
      </button>
    </th>`;
  }

  private renderRow(row: Row, index: number): TemplateResult {
    const key = this.keyOf(row);
    const isFocusable = this.focusedKey === undefined ? index === 0 : this.focusedKey === key;
    return html`<tr
      data-index=${index}
      aria-rowindex=${index + 2}
      aria-selected=${this.selectable === 'none' ? nothing : String(this.selected.has(key))}
      tabindex=${isFocusable || !this.hasFocusable(index) ? 0 : -1}
      @click=${(event: MouseEvent) => this.takeClick(row, event)}
      @dblclick=${() => this.tell('bench-open', [row])}
      @focus=${() => {
        this.focusedKey = key;
      }}
    >
      ${this.columns.map((column) => this.renderCell(column, row))}
    </tr>`;
  }

  /** The row that had the focus may have been sorted out of sight, or gone: then the first drawn one takes its place. */
  private hasFocusable(index: number): boolean {
    const { from, to } = this.window;
    if (index !== from || this.focusedKey === undefined) return true;
    return this.shownRows.slice(from, to).some((row) => this.keyOf(row) === this.focusedKey);
  }

  private renderCell(column: Column<Row>, row: Row): TemplateResult {
    const shown = column.show?.(row) ?? String(column.value(row) ?? '–');
    const classes = `${column.isNumber === true ? 'number' : ''} ${column.isWide === true ? 'wide' : ''}`.trim();
    const title = column.isWide === true ? String(column.value(row) ?? '') : nothing;
    return html`<td class=${classes} title=${title}>${shown}</td>`;
  }

  private get window(): { readonly from: number; readonly to: number } {
    return rowWindow(this.shownRows.length, this.rowHeight, this.scrolled, this.clientHeight);
  }

  private inOrder(): readonly Row[] {
    const column = this.columns.find(({ key }) => key === this.sort?.column);
    if (column === undefined || this.sort === undefined) return this.rows;
    return sortRows(this.rows, (row) => column.value(row), this.sort.direction);
  }

  private sortBy(column: Column<Row>): void {
    const first: SortDirection = column.isNumber === true ? 'descending' : 'ascending';
    const other: SortDirection = first === 'ascending' ? 'descending' : 'ascending';
    const isFirst = this.sort?.column === column.key && this.sort.direction === first;
    this.sort = { column: column.key, direction: isFirst ? other : first };
    this.dispatchEvent(new CustomEvent('bench-sort', { detail: this.sort }));
  }

  private takeClick(row: Row, event: MouseEvent): void {
    this.select(row, this.selectable === 'many' && (event.ctrlKey || event.metaKey));
  }

  private takeKey = (event: KeyboardEvent): void => {
    const index = Number((event.target as HTMLElement).closest('tr')?.dataset['index'] ?? NaN);
    const row = this.shownRows[index];
    if (row === undefined) return;
    const page = Math.max(1, Math.floor(this.clientHeight / this.rowHeight) - 2);
    const last = this.shownRows.length - 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowUp: index - 1,
      ArrowDown: index + 1,
      PageUp: index - page,
      PageDown: index + page,
      Home: 0,
      End: last,
    };
    const target = moves[event.key];
    if (target !== undefined) void this.moveTo(Math.max(0, Math.min(last, target)));
    else if (event.key === 'Enter') this.openRow(row);
    else if (event.key === ' ') this.select(row, this.selectable === 'many');
    else return;
    event.preventDefault();
  };

  private openRow(row: Row): void {
    if (this.selectable === 'one') this.select(row, false);
    this.tell('bench-open', [row]);
  }

  private select(row: Row, isAdded: boolean): void {
    if (this.selectable === 'none') return;
    const key = this.keyOf(row);
    const next = new Set(isAdded ? this.selected : []);
    if (isAdded && next.has(key)) next.delete(key);
    else next.add(key);
    this.selected = next;
    const rows = new Map(this.rows.map((one) => [this.keyOf(one), one]));
    this.tell(
      'bench-select',
      [...next].flatMap((one) => rows.get(one) ?? []),
    );
  }

  private async moveTo(index: number): Promise<void> {
    const row = this.shownRows[index];
    if (row === undefined) return;
    this.focusedKey = this.keyOf(row);
    const header = this.renderRoot.querySelector('thead')?.clientHeight ?? 0;
    const top = index * this.rowHeight;
    if (top < this.scrollTop) this.scrollTop = top;
    const bottom = top + this.rowHeight + header;
    if (bottom > this.scrollTop + this.clientHeight) this.scrollTop = bottom - this.clientHeight;
    this.scrolled = this.scrollTop;
    await this.updateComplete;
    this.body.querySelector<HTMLElement>(`tr[data-index="${index}"]`)?.focus({ preventScroll: true });
  }

  private tell(name: string, rows: readonly Row[]): void {
    this.dispatchEvent(new CustomEvent(name, { detail: { rows } }));
  }

  private readonly takeScroll = (): void => {
    if (this.shownRows.length > longestWhole) this.scrolled = this.scrollTop;
  };
}
