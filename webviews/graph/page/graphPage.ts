// <graph-page>: the page of a model: tools, picture (two in a comparison), table, and the panel beside it.
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { failureRecordOf } from '../../../src/protocol/benchError';
import {
  beginMethod,
  comparableMethod,
  compareWithEvent,
  modelChangedEvent,
  overlayEvent,
  overlayChoicesMethod,
} from '../../../src/protocol/panels/graph';
import type { ComparableModel, OverlayChoice, OverlayKey } from '../../../src/protocol/panels/graph';
import { panelChangedEvent } from '../../../src/protocol/panels/panel';
import { host } from '../../kit/host';
import { Comparison } from '../store/comparison';
import { GraphStore } from '../store/graphStore';
import { firstView, keepSoon, startViewOf } from '../store/viewState';
import type { GraphView } from '../store/viewState';
import './changeList';
import './graphLegend';
import './graphPane';
import type { GraphPane } from './graphPane';
import './graphSearch';
import type { GraphSearch } from './graphSearch';
import './graphSide';
import type { GraphSide } from './graphSide';
import './nodeTable';
import { pageStyles } from './pageStyles';
import { keyOf, renderTools } from './tools';

@customElement('graph-page')
export class GraphPage extends LitElement {
  static override styles = pageStyles;

  /** Absolute path of the model. */
  path = '';
  /** A model to compare it with from the start, unless an earlier page was left otherwise. */
  compareAtFirst: string | undefined;
  /** Colours to show from the start, with the same exception. */
  overlayAtFirst: OverlayKey | undefined;
  @state() private accessor store: GraphStore | undefined = undefined;
  @state() private accessor choices: readonly OverlayChoice[] = [];
  @state() private accessor comparables: readonly ComparableModel[] = [];
  @state() private accessor comparison: Comparison | undefined = undefined;
  @state() private accessor isSearching = false;
  @state() private accessor isTable = false;
  @state() private accessor hasPanel = true;
  /** Undefined: where there is room for it. */
  @state() private accessor hasMap: boolean | undefined = undefined;
  /** The pane that the panel beside and the table tell of. */
  @state() private accessor side: 'here' | 'there' = 'here';
  @state() private accessor problem = '';
  @query('graph-pane.here') private accessor pane!: GraphPane;
  @query('graph-pane.there') private accessor otherPane!: GraphPane | null;
  @query('graph-search') private accessor search!: GraphSearch | null;
  @query('graph-side') private accessor sidePanel!: GraphSide | null;
  /** What it is compared with, also while that cannot be read. */
  private wantedOther: string | undefined;
  private readonly first: GraphView = firstView();
  /** Until everything of an earlier page is there again. */
  @state() private accessor startView = startViewOf(this.first);

  override connectedCallback(): void {
    super.connectedCallback();
    this.store = new GraphStore(this.path, this.first.expanded);
    this.isTable = this.first.isTable;
    this.hasPanel = this.first.hasPanel;
    this.hasMap = this.first.hasMap;
    this.store.listen((change) => {
      if (change !== 'status') this.keep();
      this.requestUpdate();
    });
    host.onEvent(modelChangedEvent, ({ path }) => void this.changed(path));
    host.onEvent(compareWithEvent, ({ otherPath }) => void this.compareWith(otherPath));
    host.onEvent(overlayEvent, (key) => void this.askChoices().then(() => this.colour(keyOf(key))));
    host.onEvent(panelChangedEvent, () => void this.askChoices());
    window.addEventListener('keydown', (event) => this.pressed(event));
    void this.begin(this.store);
  }

  /** The picture first; what hangs on it comes when it is there. */
  private async begin(store: GraphStore): Promise<void> {
    if (this.first.selected !== null) store.select(this.first.selected);
    await store.reload();
    this.focusAtFirst();
    await this.askChoices();
    const { overlayAtFirst } = this;
    const isFirst = this.first.compare === undefined && overlayAtFirst !== undefined;
    const wanted = isFirst ? keyOf(overlayAtFirst) : this.first.overlay;
    if (wanted !== null) await this.colour(wanted);
    const compare = this.first.compare === undefined ? this.compareAtFirst : (this.first.compare ?? undefined);
    if (compare !== undefined) await this.compareWith(compare);
    this.startView = undefined;
  }

  private async changed(path: string): Promise<void> {
    if (path === this.path) await this.reload();
    else if (path === this.wantedOther) await this.compareWith(path);
  }

  /** The picture has the keyboard from the start, unless somebody is elsewhere by then. */
  private focusAtFirst(): void {
    const focus = (): void => {
      if (this.shadowRoot?.activeElement === null) this.pane.focus();
    };
    if (document.hasFocus()) focus();
    else window.addEventListener('focus', focus, { once: true });
  }

  private async reload(): Promise<void> {
    await Promise.all([this.store?.reload(), this.askChoices()]);
    this.search?.refresh();
    if (this.wantedOther !== undefined) await this.compareWith(this.wantedOther);
  }

  private async askChoices(): Promise<void> {
    const { path } = this;
    await this.attempt(async () => {
      [this.choices, this.comparables] = await Promise.all([
        host.request(overlayChoicesMethod, { path }),
        host.request(comparableMethod, { path }),
      ]);
    });
  }

  private async attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.problem = '';
    } catch (thrown) {
      const { message, nextStep } = failureRecordOf(thrown);
      // A file that cannot be read says so in the picture's place.
      if (this.store?.failure === undefined) this.problem = `${message} ${nextStep ?? ''}`.trim();
    }
  }

  private keep(): void {
    keepSoon(() => ({
      expanded: this.store?.expanded ?? [],
      selected: this.store?.selected ?? null,
      camera: this.pane.camera,
      window: this.pane.window,
      overlay: this.store?.overlay === undefined ? null : keyOf(this.store.overlay.choice),
      compare: this.comparison?.there.path ?? null,
      isTable: this.isTable,
      hasPanel: this.hasPanel,
      ...(this.hasMap === undefined ? {} : { hasMap: this.hasMap }),
    }));
  }

  private async compareWith(otherPath: string | undefined): Promise<void> {
    const { store } = this;
    this.comparison?.end();
    this.comparison = undefined;
    this.wantedOther = otherPath;
    this.side = 'here';
    if (store !== undefined && otherPath !== undefined) {
      await this.attempt(async () => {
        this.comparison = await Comparison.start(store, otherPath);
        this.comparison.there.listen((change) => {
          if (change === 'selection' && this.comparison?.there.selected !== undefined) this.requestUpdate();
        });
        const type = store.overlay?.choice.kind === 'type' ? store.overlay.choice : undefined;
        if (type !== undefined) await this.comparison.there.choose(type);
      });
    }
    this.keep();
  }

  private async colour(key: string): Promise<void> {
    const choice = this.choices.find((one) => keyOf(one) === key);
    await this.attempt(async () => {
      await this.store?.choose(choice);
      // Times and errors belong to one model; data types have both.
      await this.comparison?.there.choose(choice?.kind === 'type' ? choice : undefined);
    });
  }

  private pressed(event: KeyboardEvent): void {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'f') {
      event.preventDefault();
      this.openSearch();
    } else if (event.key === 'Escape' && !event.defaultPrevented) {
      // Out of the tools and the panel beside it goes back into the picture.
      if (this.isSearching || this.shadowRoot?.activeElement === null) this.escape();
      else this.focusPane();
    }
  }

  /** Back into the picture that had the keyboard last. */
  private focusPane(): void {
    (this.side === 'there' ? (this.otherPane ?? this.pane) : this.pane).focus();
  }

  private openSearch(): void {
    this.isSearching = true;
    void this.updateComplete.then(() => this.search?.focus());
  }

  private closeSearch(): void {
    this.isSearching = false;
    this.pane.focus();
  }

  /** Search first, then the selection, then the comparison. */
  private escape(): void {
    if (this.isSearching) this.closeSearch();
    else if (this.store?.selected !== undefined) this.store.select(undefined);
    else if (this.comparison !== undefined) void this.compareWith(undefined);
  }

  private toggleTable(): void {
    this.isTable = !this.isTable;
    this.keep();
    if (this.isTable)
      void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('graph-table')?.focus());
  }

  private togglePanel(): void {
    this.hasPanel = !this.hasPanel;
    this.keep();
  }

  private toggleMap(): void {
    this.hasMap = !this.pane.showsMap;
    this.keep();
  }

  private async openSide(): Promise<void> {
    this.hasPanel = true;
    await this.updateComplete;
    this.sidePanel?.focus();
  }

  private showSelected(): void {
    this.pane.showSelected({ isCentred: true });
    this.otherPane?.showSelected({ isCentred: true });
  }

  private all(does: 'expandAll' | 'collapseAll'): void {
    void this.store?.[does]();
    void this.comparison?.there[does]();
  }

  private startFrom(what: 'project' | 'quantize' | 'benchmark'): void {
    void this.attempt(() => host.request(beginMethod, { what }));
  }

  override render(): TemplateResult {
    const { store, comparison } = this;
    if (store === undefined) return html``;
    return html`<main>
      <h1 class="unseen">Graph of ${store.facts?.fileName ?? 'the model'}</h1>
      ${this.renderTools(store)}
      ${this.problem === '' ? nothing : html`<p class="problem" role="alert">${this.problem}</p>`}
      <div class="middle">
        <div class="left">
          <div class="panes">
            ${comparison?.isOtherFirst === true ? this.renderPane(comparison.there, 'there') : nothing}
            ${this.renderPane(store, 'here')}
            ${comparison?.isOtherFirst === false ? this.renderPane(comparison.there, 'there') : nothing}
          </div>
          ${
            this.isTable
              ? html`<graph-table
                  .store=${this.shownStore(store)}
                  ?isCompared=${comparison !== undefined}
                  @search-found=${() => this.showSelected()}
                  @table-open=${() => void this.openSide()}
                  @pane-escape=${() => this.focusPane()}
                ></graph-table>`
              : nothing
          }
        </div>
        ${this.hasPanel && (store.facts !== undefined || store.failure === undefined) ? this.renderSide(store) : nothing}
      </div>
    </main>`;
  }

  private renderTools(store: GraphStore): TemplateResult {
    return renderTools({
      store,
      choices: this.choices,
      comparables: this.comparables,
      comparedWith: this.comparison?.there.path,
      isTable: this.isTable,
      hasPanel: this.hasPanel,
      hasMap: this.hasMap ?? (this.hasUpdated && this.pane.showsMap),
      search: () => this.openSearch(),
      expandAll: () => this.all('expandAll'),
      collapseAll: () => this.all('collapseAll'),
      zoom: (factor) => this.pane.zoomBy(factor),
      fit: () => {
        this.pane.fit();
        this.otherPane?.fit();
      },
      toggleTable: () => this.toggleTable(),
      toggleMap: () => this.toggleMap(),
      togglePanel: () => this.togglePanel(),
      colour: (key) => void this.colour(key),
      compare: (path) => void this.compareWith(path),
      begin: (what) => this.startFrom(what),
    });
  }

  private renderPane(store: GraphStore, side: 'here' | 'there'): TemplateResult {
    const name = store.facts?.fileName ?? store.path.split(/[\\/]/).at(-1) ?? '';
    const isCompared = this.comparison !== undefined;
    return html`<section class="pane ${side}" aria-label=${isCompared ? `Graph of ${name}` : 'Graph'}>
      ${isCompared ? html`<h2>${name}</h2>` : nothing}
      <div class="picture">
        <graph-pane
          class=${side}
          .store=${store}
          .startView=${side === 'here' ? this.startView : undefined}
          label=${`Graph of ${name}. Arrow keys follow the lines; Control F searches; T shows a table.`}
          @focusin=${() => (this.side = side)}
          @pane-open=${() => void this.openSide()}
          @pane-escape=${() => this.escape()}
          @pane-search=${() => this.openSearch()}
          @pane-table=${() => this.toggleTable()}
          .wantsMap=${this.hasMap}
          @pane-resized=${() => this.requestUpdate()}
          @pane-moved=${() => this.keep()}
        ></graph-pane>
        ${store.overlay === undefined ? nothing : html`<graph-legend .overlay=${store.overlay}></graph-legend>`}
        ${store.picture?.scene.leftOut === undefined ? nothing : html`<p class="left-out" role="status">${store.picture.scene.leftOut}</p>`}
        ${side === 'here' && this.isSearching ? this.renderSearch(store) : nothing}
      </div>
    </section>`;
  }

  /** The model that table and panel tell of: that of the picture which had the keyboard last. */
  private shownStore(store: GraphStore): GraphStore {
    return this.side === 'there' && this.comparison !== undefined ? this.comparison.there : store;
  }

  private renderSearch(store: GraphStore): TemplateResult {
    return html`<graph-search
      .store=${store}
      @search-close=${() => this.closeSearch()}
      @search-found=${() => this.showSelected()}
    ></graph-search>`;
  }

  private renderSide(store: GraphStore): TemplateResult {
    const { comparison } = this;
    return html`<aside aria-label="Properties">
      ${
        comparison === undefined
          ? nothing
          : html`<graph-changes
              .comparison=${comparison}
              @change-shown=${() => this.showSelected()}
              @changes-close=${() => {
                this.pane.focus();
                void this.compareWith(undefined);
              }}
            ></graph-changes>`
      }
      <div class="scroll">
        <graph-side .store=${this.shownStore(store)} @side-jump=${() => this.showSelected()}></graph-side>
      </div>
    </aside>`;
  }
}
