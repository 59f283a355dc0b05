// The row of tools above the picture.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import type { ComparableModel, OverlayChoice } from '../../../src/protocol/panels/graph';
import type { GraphStore } from '../store/graphStore';
import { iconButton } from './iconButton';

/** What the tools show and do. */
export interface Tools {
  readonly store: GraphStore;
  readonly choices: readonly OverlayChoice[];
  readonly comparables: readonly ComparableModel[];
  readonly comparedWith: string | undefined;
  readonly isTable: boolean;
  readonly hasPanel: boolean;
  readonly hasMap: boolean;
  readonly search: () => void;
  readonly expandAll: () => void;
  readonly collapseAll: () => void;
  readonly zoom: (factor: number) => void;
  readonly fit: () => void;
  readonly toggleTable: () => void;
  readonly toggleMap: () => void;
  readonly togglePanel: () => void;
  readonly colour: (key: string) => void;
  readonly compare: (path: string | undefined) => void;
  readonly begin: (what: 'project' | 'quantize' | 'benchmark') => void;
}

/** A choice of colours as one text. */
export function keyOf({ kind, id }: Pick<OverlayChoice, 'kind' | 'id'>): string {
  return `${kind}:${id}`;
}

/** The row. */
export function renderTools(tools: Tools): TemplateResult {
  const isBroken = tools.store.picture === undefined && tools.store.failure !== undefined;
  return html`<div class="tools" role="toolbar" aria-label="Graph tools">
    ${iconButton('search', 'Search (Ctrl+F)', tools.search)}
    ${iconButton('expand-all', 'Open all groups', tools.expandAll)}
    ${iconButton('collapse-all', 'Close all groups', tools.collapseAll)}
    <span class="gap"></span>
    ${iconButton('zoom-out', 'Zoom out (−)', () => tools.zoom(0.8))}
    ${iconButton('zoom-in', 'Zoom in (+)', () => tools.zoom(1.25))}
    ${iconButton('screen-full', 'Show all (0)', tools.fit)}
    <span class="gap"></span>
    ${iconButton('table', 'Table of all nodes (T)', tools.toggleTable, { isPressed: tools.isTable })}
    ${iconButton('map', 'Map', tools.toggleMap, { isPressed: tools.hasMap })}
    ${iconButton('layout-sidebar-right', 'Properties', tools.togglePanel, { isPressed: tools.hasPanel })}
    ${renderColours(tools)} ${renderCompare(tools)}
    <span class="begin">
      <vscode-button secondary ?disabled=${isBroken} @click=${() => tools.begin('project')}>New Project</vscode-button>
      <vscode-button secondary ?disabled=${isBroken} @click=${() => tools.begin('benchmark')}>Benchmark</vscode-button>
      ${
        tools.store.facts?.canBeQuantized === false
          ? nothing
          : html`<vscode-button ?disabled=${isBroken} @click=${() => tools.begin('quantize')}>Quantize</vscode-button>`
      }
    </span>
  </div>`;
}

function renderColours({ choices, store, colour }: Tools): TemplateResult | typeof nothing {
  if (choices.length === 0) return nothing;
  const chosen = store.overlay === undefined ? '' : keyOf(store.overlay.choice);
  return html`<label class="choice"
    >Colours
    <select @change=${(event: Event) => colour((event.target as HTMLSelectElement).value)}>
      <option value="" ?selected=${chosen === ''}>Kind of operator</option>
      ${choices.map(
        (choice) => html`<option value=${keyOf(choice)} ?selected=${keyOf(choice) === chosen}>${choice.label}</option>`,
      )}
    </select>
  </label>`;
}

function renderCompare({ comparables, comparedWith, compare }: Tools): TemplateResult | typeof nothing {
  if (comparables.length === 0 && comparedWith === undefined) return nothing;
  const change = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    compare(value === '' ? undefined : value);
  };
  return html`<label class="choice"
    >Compare with
    <select @change=${change}>
      <option value="" ?selected=${comparedWith === undefined}>Nothing</option>
      ${comparables.map(
        ({ path, label }) => html`<option value=${path} ?selected=${path === comparedWith}>${label}</option>`,
      )}
    </select>
  </label>`;
}
