// Lists of what is read and made, for nodes and for the whole model.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { TensorUse } from '../../../src/protocol/panels/graph';
import './tensorView';

/** Nodes at the other end that are named; of more only the number is told. */
const mostOthers = 12;

/** How a list of tensors is shown. */
export interface UsesOptions {
  readonly path: string;
  readonly title: string;
  /** Says what the other nodes are: `from`, `read by`. */
  readonly others: string;
  /** Tensors whose data is shown. */
  readonly shown: ReadonlySet<string>;
  readonly toggle: (tensor: string) => void;
  readonly jump: (id: string) => void;
}

/** Tensors with type and shape, the nodes at the other end, and the data of constants. */
export function renderUses(uses: readonly TensorUse[], options: UsesOptions): TemplateResult | typeof nothing {
  if (uses.length === 0) return nothing;
  return html`<h3>${options.title}</h3>
    <ul>
      ${uses.map((use) => html`<li class="use">${renderUse(use, options)}</li>`)}
    </ul>`;
}

function renderUse(use: TensorUse, { path, others, shown, toggle, jump }: UsesOptions): TemplateResult {
  const isShown = use.isConstant && shown.has(use.tensor);
  const type = [use.type, use.shape].filter((part) => part !== '').join(' ');
  return html`
    <div class="head">
      <strong>${use.role}</strong>
      ${
        use.isConstant
          ? html`<button
              class="link"
              type="button"
              aria-expanded=${String(isShown)}
              aria-label=${`${isShown ? 'Hide values' : 'Values'} of ${use.role}`}
              @click=${() => toggle(use.tensor)}
            >
              ${isShown ? 'Hide values' : 'Values'}
            </button>`
          : nothing
      }
    </div>
    ${use.tensor === use.role ? nothing : html`<div>${use.tensor}</div>`}
    ${type === '' ? nothing : html`<code>${type}</code>`}
    ${use.others.length === 0 ? nothing : renderOthers(use.others, others, jump)}
    ${isShown ? html`<graph-tensor .path=${path} .tensor=${use.tensor}></graph-tensor>` : nothing}
  `;
}

function renderOthers(ids: readonly string[], word: string, jump: (id: string) => void): TemplateResult {
  const rest = ids.length - mostOthers;
  return html`<div>
    <span class="quiet">${word}</span>
    ${ids
      .slice(0, mostOthers)
      .map(
        (id, index) =>
          html`${index === 0 ? nothing : ', '}<button class="link" type="button" @click=${() => jump(id)}>
              ${id}
            </button>`,
      )}
    ${rest > 0 ? html`<span class="quiet">and ${rest} more</span>` : nothing}
  </div>`;
}
