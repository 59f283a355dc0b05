// <graph-pane>: the picture of one model, its map, what it says while it works or fails, and everything done in it by hand.
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
import type { GraphStore, StoreChange } from '../store/graphStore';
import type { StartView } from '../store/viewState';
import type { Camera, Point, Rect, Size } from '../view/camera';
import {
  between,
  brought,
  centred,
  firstCamera,
  fitted,
  recentred,
  readableScale,
  seenPart,
  toPicture,
  zoomed,
} from '../view/camera';
import type { Marks, Target } from '../view/marks';
import { Minimap } from '../view/minimap';
import { paintPicture } from '../view/painter';
import type { Picture } from '../view/picture';
import { nodesIn } from '../view/sight';
import type { Theme } from '../view/theme';
import { onThemeChange, readTheme } from '../view/theme';
import { describe, describeEdge } from './describe';
import { failureBox } from './failureBox';
import { PaneKeys } from './paneKeys';
import { PanePointer } from './panePointer';
import { paneStyles } from './paneStyles';

/** In a narrower pane the map would cover much of the picture. */
const mapFromWidth = 480;

/** Events: `pane-open` (Enter on an operator), `pane-escape`, `pane-search`, `pane-moved`, `pane-resized`. */
@customElement('graph-pane')
export class GraphPane extends LitElement {
  static override styles = paneStyles;

  @property({ attribute: false }) accessor store: GraphStore | undefined = undefined;
  /** Of the pane, for those who do not see it. */
  @property() accessor label = '';
  /** What was kept of an earlier page: holds until its page is complete again. */
  @property({ attribute: false }) accessor startView: StartView | undefined = undefined;
  /** Whether the map is wanted; undefined: where there is room for it. */
  @property({ attribute: false }) accessor wantsMap: boolean | undefined = undefined;
  @state() private accessor said = '';
  @state() private accessor tip: { readonly text: string; readonly place: Point } | undefined = undefined;
  @state() private accessor isLong = false;
  @query('canvas.picture') private accessor canvas!: HTMLCanvasElement;
  @query('canvas.map') private accessor mapCanvas!: HTMLCanvasElement;
  camera: Camera = { x: 0, y: 0, scale: 1 };
  window: Size = { width: 0, height: 0 };
  hovered: Target | undefined;
  /** The picture whose first painting was told to those who measure. */
  private marked: Picture | undefined;
  private theme: Theme = readTheme();
  private map: Minimap | undefined;
  private hasCamera = false;
  private frame = 0;
  private motion = 0;
  private longTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly endings: (() => void)[] = [];
  private readonly pointer = new PanePointer(this);
  private readonly keys = new PaneKeys(this);

  override connectedCallback(): void {
    super.connectedCallback();
    const { store } = this;
    if (store !== undefined) this.endings.push(store.listen((change, anchor) => this.storeChanged(change, anchor)));
    this.endings.push(
      onThemeChange(() => {
        this.theme = readTheme();
        this.map = undefined;
        this.paintSoon();
      }),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const end of this.endings.splice(0)) end();
    cancelAnimationFrame(this.frame);
    cancelAnimationFrame(this.motion);
    clearTimeout(this.longTimer);
  }

  override firstUpdated(): void {
    const observer = new ResizeObserver(() => this.resized());
    observer.observe(this);
    this.endings.push(() => observer.disconnect());
    this.pointer.listenTo(this.canvas, this.mapCanvas);
    this.keys.listenTo(this.canvas);
    for (const name of ['focus', 'blur']) this.canvas.addEventListener(name, () => this.paintSoon());
    this.resized();
    if (this.store?.picture !== undefined) this.storeChanged('picture');
  }

  /** Puts the keyboard into the picture. */
  override focus(): void {
    this.canvas.focus();
  }

  get showsMap(): boolean {
    return this.wantsMap ?? this.window.width >= mapFromWidth;
  }

  /** The place in the picture under a place of the window. */
  placeAt(point: Point): Point {
    return toPicture(this.camera, point);
  }

  placeOnMap(point: Point): Point | undefined {
    return this.map?.placeAt(point);
  }

  /** Moves at once, as a hand does. */
  move(camera: Camera): void {
    cancelAnimationFrame(this.motion);
    this.camera = camera;
    this.hasCamera = true;
    this.paintSoon();
    this.dispatchEvent(new CustomEvent('pane-moved'));
  }

  /** Glides there, unless motion is not wanted. */
  glide(to: Camera): void {
    cancelAnimationFrame(this.motion);
    const from = this.camera;
    if (!this.theme.moves) {
      this.move(to);
      return;
    }
    const started = performance.now();
    const step = (now: number): void => {
      const share = Math.min(1, (now - started) / 180);
      this.move(between(from, to, 1 - (1 - share) ** 3));
      if (share < 1) this.motion = requestAnimationFrame(step);
    };
    this.motion = requestAnimationFrame(step);
  }

  zoomBy(factor: number): void {
    this.move(zoomed(this.camera, factor, { x: this.window.width / 2, y: this.window.height / 2 }));
  }

  /** Shows the whole picture. */
  fit(): void {
    const layout = this.store?.picture?.layout;
    if (layout !== undefined)
      this.glide(fitted({ x: 0, y: 0, width: layout.width, height: layout.height }, this.window));
  }

  /** Brings what is selected into the window. */
  showSelected(options: { readonly isCentred: boolean }): void {
    const rect = this.rectOfSelected();
    if (rect === undefined || this.window.width === 0) return;
    if (!options.isCentred) {
      this.glide(brought(this.camera, rect, this.window));
      return;
    }
    const scale = Math.max(readableScale + 0.2, Math.min(1.2, this.camera.scale));
    this.glide(centred({ x: rect.x + rect.width / 2, y: rect.y + Math.min(rect.height / 2, 200) }, scale, this.window));
  }

  hover(target: Target | undefined, place: Point): void {
    const isSame = target?.kind === this.hovered?.kind && target?.index === this.hovered?.index;
    const isButton = (one: Target | undefined): boolean => one !== undefined && one.kind !== 'edge' && one.isButton;
    if (isSame && isButton(target) === isButton(this.hovered)) return;
    this.hovered = target;
    this.canvas.classList.toggle('points', target !== undefined && target.kind !== 'edge');
    const picture = this.store?.picture;
    const text = target?.kind === 'edge' && picture !== undefined ? describeEdge(picture, target.index) : '';
    this.tip = text === '' ? undefined : { text, place };
    this.paintSoon();
  }

  paintSoon(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  private rectOfSelected(): Rect | undefined {
    const { selected, picture } = this.store ?? {};
    return selected === undefined ? undefined : picture?.rectOf(selected);
  }

  private storeChanged(change: StoreChange, anchor?: string): void {
    if (change === 'picture') this.pictureChanged(anchor);
    if (change === 'marks' || change === 'picture') this.map = undefined;
    if (change !== 'status') this.said = describe(this.store);
    if (change === 'status') this.statusChanged();
    this.paintSoon();
  }

  /** A layout that takes long can be stopped. */
  private statusChanged(): void {
    clearTimeout(this.longTimer);
    if (this.store?.isBusy === true) this.longTimer = setTimeout(() => (this.isLong = true), 400);
    else this.isLong = false;
    this.requestUpdate();
  }

  /** Where something stood in the window before the picture changed. */
  private shownBefore: Picture | undefined;

  /** What was opened or closed stays where it is; with nothing of the kind the window stays over its place. */
  private pictureChanged(anchor?: string): void {
    const picture = this.store?.picture;
    if (picture === undefined) return;
    const old = this.shownBefore;
    this.shownBefore = picture;
    const held = anchor ?? this.store?.selected ?? '';
    const [was, is] = [old?.rectOf(held), picture.rectOf(held)];
    if (
      !this.hasCamera ||
      this.startView !== undefined ||
      old === undefined ||
      (anchor !== undefined && is === undefined)
    ) {
      this.startCameraOf(picture.layout);
      return;
    }
    if (was === undefined || is === undefined) {
      if (nodesIn(picture, seenPart(this.camera, this.window)).length === 0) this.startCameraOf(picture.layout);
      return;
    }
    const dx = is.x + is.width / 2 - was.x - was.width / 2;
    this.move({ ...this.camera, x: this.camera.x + dx, y: this.camera.y + is.y - was.y });
  }

  private startCameraOf(layout: Size): void {
    if (this.window.width === 0) return;
    const picture = this.store?.picture;
    let top = { x: layout.width / 2, y: 0 };
    let highest = Infinity;
    picture?.scene.nodes.forEach((_, node) => {
      const rect = picture.rectOfNode(node);
      if (rect.y >= highest) return;
      highest = rect.y;
      top = { x: rect.x + rect.width / 2, y: 0 };
    });
    const { camera, window: before = this.window } = this.startView ?? {};
    this.move(camera === undefined ? firstCamera(layout, top, this.window) : recentred(camera, before, this.window));
  }

  private resized(): void {
    const { width, height } = this.getBoundingClientRect();
    const { camera, window: before } = this;
    this.window = { width, height };
    // What was in the middle stays there.
    if (this.hasCamera && before.width > 0 && width > 0) {
      this.camera = recentred(camera, before, this.window);
    }
    const ratio = window.devicePixelRatio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    const layout = this.store?.picture?.layout;
    if (!this.hasCamera && layout !== undefined) this.startCameraOf(layout);
    this.map = undefined;
    this.paint();
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent('pane-resized'));
  }

  private marks(): Marks {
    const { selected, overlay, changes } = this.store ?? {};
    const hasFocus = this.canvas.matches(':focus-visible');
    return { selected, overlay, changes, hovered: this.hovered, hasFocus };
  }

  private paint(): void {
    const picture = this.store?.picture;
    const context = this.canvas.getContext('2d', { alpha: false });
    if (context === null || this.window.width === 0) return;
    if (picture === undefined) {
      context.fillStyle = this.theme.background;
      context.fillRect(0, 0, this.canvas.width, this.canvas.height);
      return;
    }
    const ratio = window.devicePixelRatio;
    const marks = this.marks();
    paintPicture(context, picture, { camera: this.camera, window: this.window, ratio }, this.theme, marks);
    this.paintMap(picture, marks, ratio);
    if (this.marked === picture) return;
    this.marked = picture;
    document.body.dataset['painted'] = String(picture.scene.nodes.length);
    performance.mark('graph-painted');
  }

  private paintMap(picture: Picture, marks: Marks, ratio: number): void {
    const context = this.mapCanvas.getContext('2d', { alpha: false });
    if (context === null) return;
    this.map ??= new Minimap(picture, this.theme, marks, ratio);
    const { width, height } = this.map.size;
    this.mapCanvas.style.setProperty('width', `${width}px`);
    this.mapCanvas.style.setProperty('height', `${height}px`);
    this.map.paint(context, this.camera, this.window);
  }

  /** Where the tip of a line is shown; the template sets no styles of its own. */
  override updated(): void {
    const tip = this.renderRoot.querySelector<HTMLElement>('.tip');
    if (tip === null || this.tip === undefined) return;
    const { x, y } = this.tip.place;
    tip.style.setProperty('left', `${Math.min(x + 12, this.window.width - tip.offsetWidth - 8)}px`);
    tip.style.setProperty('top', `${Math.min(y + 14, this.window.height - tip.offsetHeight - 8)}px`);
  }

  override render(): TemplateResult {
    const { store } = this;
    const hasPicture = store?.picture !== undefined;
    const isEmpty = store?.picture?.scene.nodes.length === 0;
    return html`
      <canvas
        class="picture"
        tabindex="0"
        role="application"
        aria-roledescription="graph"
        aria-label=${this.label}
        aria-describedby="said"
      ></canvas>
      <canvas class="map" ?hidden=${!hasPicture || isEmpty || !this.showsMap} aria-hidden="true"></canvas>
      <div id="said" class="unseen" aria-live="polite">${this.said}</div>
      ${this.tip === undefined ? nothing : html`<div class="tip" role="tooltip">${this.tip.text}</div>`}
      ${isEmpty ? html`<p class="note">This model has no operators: its graph is empty.</p>` : nothing}
      ${this.isLong ? this.renderWork() : nothing}
      ${store?.failure === undefined ? nothing : failureBox(store.failure, () => void store.reload())}
    `;
  }

  private renderWork(): TemplateResult {
    return html`<div class="work" role="status">
      <vscode-progress-ring aria-hidden="true"></vscode-progress-ring>
      <span>${this.store?.picture === undefined ? 'Reading the model…' : 'Arranging the graph…'}</span>
      ${
        this.store?.picture === undefined
          ? nothing
          : html`<vscode-button secondary @click=${() => this.store?.cancel()}>Cancel</vscode-button>`
      }
    </div>`;
  }
}
