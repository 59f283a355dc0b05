// What the page knows of one model: which groups are open, the picture of that, what is selected, how it is coloured.
import { failureRecordOf } from '../../../src/protocol/benchError';
import type { FailureRecord } from '../../../src/protocol/benchError';
import { allGroupsMethod, graphFactsMethod, overlayMethod, sceneMethod } from '../../../src/protocol/panels/graph';
import type { GraphFacts, GraphScene, Overlay, OverlayChoice } from '../../../src/protocol/panels/graph';
import { host } from '../../kit/host';
import type { LayoutInput } from '../layout/layoutTypes';
import { cardOf, layoutInputOf } from '../view/cards';
import type { Card } from '../view/cards';
import { textMeasure } from '../view/measure';
import type { ChangeMarks } from '../view/marks';
import { Picture } from '../view/picture';
import { LayoutClient } from './layoutClient';

/** What has changed for those who show the model. */
export type StoreChange = 'picture' | 'selection' | 'marks' | 'status' | 'facts';

/**
 * Listens to changes of a store. `anchor` is what should keep its place in the window, such as a group that was opened or
 * closed; '': there is no such thing, and the picture is another one; absent: the window stays over its place.
 */
export type StoreListener = (change: StoreChange, anchor?: string) => void;

/** One model. Everything is asked for by its path, and asked again when the file has changed. */
export class GraphStore {
  picture: Picture | undefined;
  facts: GraphFacts | undefined;
  selected: string | undefined;
  overlay: Overlay | undefined;
  changes: ChangeMarks | undefined;
  /** Scene or layout are being made. */
  isBusy = false;
  failure: FailureRecord | undefined;
  private opened: ReadonlySet<string>;
  private readonly layouts = new LayoutClient();
  private readonly listeners = new Set<StoreListener>();
  private turn = 0;
  private overlayTurn = 0;

  constructor(
    readonly path: string,
    expanded: readonly string[] = [],
  ) {
    this.opened = new Set(expanded);
  }

  /** Keys of the groups that are open. */
  get expanded(): readonly string[] {
    return [...this.opened];
  }

  /** Calls back on changes; gives what ends that. */
  listen(listener: StoreListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Asks for everything again; open groups and the selection stay. */
  async reload(): Promise<void> {
    await Promise.all([this.show(this.opened), this.loadFacts()]);
    if (this.overlay !== undefined) await this.choose(this.overlay.choice);
  }

  /** Opens a closed group, closes an open one. */
  async toggle(key: string): Promise<void> {
    await (this.opened.has(key) ? this.close(key) : this.open([key], key));
  }

  /** Opens groups, if they are not yet. */
  async open(keys: readonly string[], anchor?: string): Promise<void> {
    if (keys.every((key) => this.opened.has(key))) return;
    await this.show(new Set([...this.opened, ...keys]), anchor);
  }

  async close(key: string): Promise<void> {
    if (!this.opened.has(key)) return;
    await this.show(new Set(this.expanded.filter((open) => open !== key)), key);
    if (this.selected !== undefined && this.picture?.rectOf(this.selected) === undefined) this.select(key);
  }

  async expandAll(): Promise<void> {
    await this.attempt(async () => {
      const keys = await host.request(allGroupsMethod, { path: this.path });
      await this.show(new Set(keys), this.selected ?? '');
    });
  }

  async collapseAll(): Promise<void> {
    await this.show(new Set(), this.selected ?? '');
    if (this.selected !== undefined && this.picture?.rectOf(this.selected) === undefined) this.select(undefined);
  }

  /** Opens the groups around a node and selects it; groups are outermost first. */
  async reveal(id: string, groups: readonly string[]): Promise<void> {
    if (this.picture?.rectOf(id) === undefined) await this.open(groups);
    const shown = this.picture?.rectOf(id) === undefined ? this.nearestShown(groups) : id;
    if (shown !== undefined) this.select(shown);
  }

  /** The innermost of some groups that is in the picture. */
  nearestShown(groups: readonly string[]): string | undefined {
    return groups.findLast((key) => this.picture?.rectOf(key) !== undefined);
  }

  select(id: string | undefined): void {
    if (this.selected === id) return;
    this.selected = id;
    this.tell('selection');
  }

  /** Colours the picture; undefined takes the colours away. */
  async choose(choice: OverlayChoice | undefined): Promise<void> {
    const turn = ++this.overlayTurn;
    const { path } = this;
    const overlay = choice && (await host.request(overlayMethod, { path, kind: choice.kind, id: choice.id }));
    if (turn !== this.overlayTurn) return;
    this.overlay = overlay;
    this.tell('marks');
    await this.makeRoom();
  }

  mark(changes: ChangeMarks | undefined): void {
    this.changes = changes;
    this.tell('marks');
  }

  /** Stops making a picture; the one before stays. */
  cancel(): void {
    this.turn++;
    this.layouts.cancel();
    this.isBusy = false;
    this.tell('status');
  }

  /** The model is shown no more: nothing that is under way comes of it. */
  end(): void {
    this.turn++;
    this.layouts.end();
  }

  private async loadFacts(): Promise<void> {
    await this.attempt(async () => {
      this.facts = await host.request(graphFactsMethod, { path: this.path });
      this.tell('facts');
    });
  }

  /** Makes the picture with these groups open. What is asked later wins; a cancelled one leaves all as it was. */
  private async show(opened: ReadonlySet<string>, anchor?: string): Promise<void> {
    const turn = ++this.turn;
    this.isBusy = true;
    this.tell('status');
    await this.attempt(async () => {
      const scene = await host.request(sceneMethod, { path: this.path, expanded: [...opened] });
      const picture = turn === this.turn ? await this.pictureOf(scene) : undefined;
      if (turn !== this.turn || picture === undefined) return;
      this.opened = new Set(scene.openGroups.map(({ key }) => key));
      this.picture = picture;
      this.failure = undefined;
      this.isBusy = false;
      this.tell('picture', anchor);
    });
    if (turn !== this.turn) return;
    this.isBusy = false;
    this.tell('status');
    // Colours may have come meanwhile.
    await this.makeRoom();
  }

  /** Open groups are as wide as the figures of the colours in them need, which other colours change. */
  private async makeRoom(): Promise<void> {
    const { picture } = this;
    if (picture === undefined || this.isBusy || picture.scene.openGroups.length === 0) return;
    const { scene, cards } = picture;
    const input = this.inputOf(scene, cards);
    if (hasSameRoom(input, picture.input)) return;
    const turn = ++this.turn;
    this.isBusy = true;
    this.tell('status');
    await this.attempt(async () => {
      const layout = await this.layouts.layout(input);
      if (turn !== this.turn || layout === undefined) return;
      this.picture = new Picture(scene, cards, input, layout);
      this.tell('picture');
    });
    if (turn !== this.turn) return;
    this.isBusy = false;
    this.tell('status');
  }

  private async pictureOf(scene: GraphScene): Promise<Picture | undefined> {
    const cards = scene.nodes.map(cardOf);
    const input = this.inputOf(scene, cards);
    const layout = await this.layouts.layout(input);
    return layout && new Picture(scene, cards, input, layout);
  }

  private inputOf(scene: GraphScene, cards: readonly Card[]): LayoutInput {
    const values = this.overlay?.values ?? {};
    const figureOf = (id: string): string => (Object.hasOwn(values, id) ? (values[id]?.text ?? '') : '');
    return layoutInputOf(scene, cards, textMeasure(getComputedStyle(document.body).fontFamily), figureOf);
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.failure = failureRecordOf(thrown);
      this.tell('status');
    }
  }

  private tell(change: StoreChange, anchor?: string): void {
    for (const listener of this.listeners) listener(change, anchor);
  }
}

function hasSameRoom(one: LayoutInput, other: LayoutInput): boolean {
  const isSame = (a: Float32Array, b: Float32Array): boolean => a.every((width, index) => width === b[index]);
  return isSame(one.titleWidths, other.titleWidths) && isSame(one.tagWidths, other.tagWidths);
}
