// <graph-side>: properties of what is selected, or the facts of the model when nothing is.
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { nodeMethod } from '../../../src/protocol/panels/graph';
import type { GraphFacts, NodeProperties, SceneNode, TensorUse } from '../../../src/protocol/panels/graph';
import { host } from '../../kit/host';
import { baseStyles } from '../../kit/styles';
import type { GraphStore } from '../store/graphStore';
import { jumpTo } from '../store/jump';
import { changeText } from './describe';
import { formStyles } from './formStyles';
import { keyHelp } from './paneKeys';
import { sideStyles } from './sideStyles';
import { renderUses } from './tensorUses';
import type { UsesOptions } from './tensorUses';

/** Op types listed by count; of more only the number is told. */
const mostOpTypes = 30;

/** Event: `side-jump` (something was selected from here). */
@customElement('graph-side')
export class GraphSide extends LitElement {
  static override styles = [baseStyles, formStyles, sideStyles];

  @property({ attribute: false }) accessor store: GraphStore | undefined = undefined;
  @state() private accessor node: NodeProperties | undefined = undefined;
  @state() private accessor shown: ReadonlySet<string> = new Set();
  private endListening: (() => void) | undefined;
  private asking: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.endListening?.();
    clearTimeout(this.asking);
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('store')) this.listen();
  }

  /** Puts the keyboard at the beginning. */
  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus();
  }

  private listen(): void {
    this.endListening?.();
    this.endListening = this.store?.listen((change) => {
      if (change === 'selection' || change === 'facts') this.ask();
      if (change !== 'status') this.requestUpdate();
    });
    this.ask();
  }

  /** Held arrow keys pass many nodes: only the one they end at is asked for. */
  private ask(): void {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => void this.load(), this.node === undefined ? 0 : 60);
  }

  private async load(): Promise<void> {
    const { store } = this;
    const id = store?.selected;
    if (store === undefined || id === undefined) {
      this.node = undefined;
      return;
    }
    try {
      const node = await host.request(nodeMethod, { path: store.path, id });
      if (store !== this.store || store.selected !== id) return;
      if (node.id !== this.node?.id) this.shown = new Set();
      this.node = node;
    } catch {
      // A group need not have properties, and a node of the file before it changed has none: the scene says what it is.
      if (store.selected === id) this.node = undefined;
    }
  }

  override render(): TemplateResult {
    const { store } = this;
    if (store === undefined) return html``;
    if (store.selected === undefined) return this.renderModel(store.facts);
    const isGroup = this.sceneNode()?.kind === 'group' || this.openGroup() !== undefined;
    return html`${this.renderHead(store.selected)} ${isGroup ? this.renderGroup(store.selected) : nothing}
    ${this.node?.id === store.selected ? this.renderNode(this.node) : nothing}`;
  }

  private sceneNode(): SceneNode | undefined {
    const { picture, selected } = this.store ?? {};
    const index = selected === undefined ? undefined : picture?.indexOf(selected);
    return index === undefined ? undefined : picture?.node(index);
  }

  private openGroup(): { readonly label: string; readonly size: number } | undefined {
    const { picture, selected } = this.store ?? {};
    const group = selected === undefined ? undefined : picture?.groupIndexOf(selected);
    return group === undefined ? undefined : picture?.scene.openGroups[group];
  }

  private renderHead(id: string): TemplateResult {
    const { overlay, changes } = this.store ?? {};
    const title = this.openGroup()?.label ?? this.sceneNode()?.label ?? this.node?.opType ?? id;
    const figure = overlay !== undefined && Object.hasOwn(overlay.values, id) ? overlay.values[id]?.text : undefined;
    const change = changes !== undefined && Object.hasOwn(changes, id) ? changes[id] : undefined;
    return html`<h2 tabindex="-1">${title}</h2>
      ${change === undefined ? nothing : html`<p><strong>${changeText(change.change, change.text)}</strong></p>`}
      ${figure === undefined ? nothing : html`<p>${overlay?.choice.label}: <strong>${figure}</strong></p>`}`;
  }

  private renderGroup(key: string): TemplateResult {
    const isOpen = this.openGroup() !== undefined;
    const size = this.openGroup()?.size ?? this.sceneNode()?.size ?? 0;
    return html`<p class="quiet">Group of ${size.toLocaleString('en')} operators</p>
      <vscode-button secondary @click=${() => void this.store?.toggle(key)}
        >${isOpen ? 'Close Group' : 'Open Group'}</vscode-button
      >`;
  }

  private renderNode(node: NodeProperties): TemplateResult {
    const options = this.usesOptions();
    return html`
      ${node.name === '' || node.kind === 'group' ? nothing : html`<p class="quiet">${node.name}</p>`}
      ${node.domain === '' ? nothing : html`<p class="quiet">Domain ${node.domain}</p>`}
      ${
        node.groups.length === 0
          ? nothing
          : html`<p>
              <span class="quiet">in </span
              ><button class="link" type="button" @click=${() => this.jump(node.groups.at(-1) ?? '')}>
                ${node.groups.at(-1)}
              </button>
            </p>`
      }
      ${
        node.attributes.length === 0
          ? nothing
          : html`<h3>Attributes</h3>
              <dl>
                ${node.attributes.map(
                  ({ name, value }) =>
                    html`<dt>${name}</dt>
                      <dd>${value}</dd>`,
                )}
              </dl>`
      }
      ${renderUses(node.inputs, { ...options, title: 'Inputs', others: 'from' })}
      ${renderUses(node.outputs, { ...options, title: 'Outputs', others: 'read by' })}
      ${
        node.doc === ''
          ? nothing
          : html`<h3>Description</h3>
              <p>${node.doc}</p>`
      }
    `;
  }

  private usesOptions(): Omit<UsesOptions, 'title' | 'others'> {
    return {
      path: this.store?.path ?? '',
      shown: this.shown,
      toggle: (tensor) => {
        const shown = new Set(this.shown);
        if (!shown.delete(tensor)) shown.add(tensor);
        this.shown = shown;
      },
      jump: (id) => this.jump(id),
    };
  }

  private jump(id: string): void {
    const { store } = this;
    if (store === undefined) return;
    // What was pressed goes with the properties it belonged to: the keyboard goes on at those that come.
    void jumpTo(store, id).then(async () => {
      this.dispatchEvent(new CustomEvent('side-jump'));
      await this.updateComplete;
      this.focus();
    });
  }

  private renderModel(facts: GraphFacts | undefined): TemplateResult {
    if (facts === undefined) return html`<h2 tabindex="-1">Model</h2>`;
    const options = this.usesOptions();
    return html`
      <h2 tabindex="-1">${facts.fileName}</h2>
      <p class="quiet">${facts.format}</p>
      ${facts.warnings.map(
        (warning) =>
          html`<div class="warning">
            <vscode-icon name="warning" aria-label="Warning"></vscode-icon>
            <p>${warning}</p>
          </div>`,
      )}
      <h3>Facts</h3>
      <dl>
        ${facts.facts.map(
          ({ name, value }) =>
            html`<dt>${name}</dt>
              <dd>${value}</dd>`,
        )}
      </dl>
      ${renderUses(facts.inputs.map(byName), { ...options, title: 'Inputs', others: 'in the graph:' })}
      ${renderUses(facts.outputs.map(byName), { ...options, title: 'Outputs', others: 'in the graph:' })}
      ${facts.opTypes.length === 0 ? nothing : renderOpTypes(facts)}
      <h3>Keys</h3>
      <dl>
        ${keyHelp.map(
          ([keys, does]) =>
            html`<dt>${keys}</dt>
              <dd>${does}</dd>`,
        )}
      </dl>
    `;
  }
}

/** Inputs and outputs of a model are known by their names. */
function byName(use: TensorUse): TensorUse {
  return { ...use, role: use.tensor };
}

function renderOpTypes({ opTypes, nodes }: GraphFacts): TemplateResult {
  const most = opTypes.reduce((largest, { count }) => Math.max(largest, count), 1);
  const rest = opTypes.length - mostOpTypes;
  return html`<h3>${nodes.toLocaleString('en')} operators</h3>
    <div class="bars">
      ${opTypes.slice(0, mostOpTypes).map(
        ({ opType, count }) =>
          html`<span>${opType}</span>
            <svg aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 8">
              <rect width=${(100 * count) / most} height="8"></rect>
            </svg>
            <span>${count.toLocaleString('en')}</span>`,
      )}
    </div>
    ${rest > 0 ? html`<p class="quiet">and ${rest} more kinds of operators</p>` : nothing}`;
}
