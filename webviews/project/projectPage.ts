// <project-page>: a project at a glance: its notes, and everything in it with its key figures.
import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { partsMethod } from '../../src/protocol/facts';
import type { PartKind, ProjectParts } from '../../src/protocol/facts';
import { readRecordSubject } from '../../src/protocol/panels/panel';
import { bytesText, countText } from '../kit/figures';
import { host, subject } from '../kit/host';
import { BenchPage, button, notice } from '../kit/page';
import '../kit/table';
import type { RowsEvent, TableSort } from '../kit/table';
import { partTables } from './partTables';
import type { PartTable } from './partTables';
import './projectNotes';

const { id } = readRecordSubject(subject);

@customElement('project-page')
export class ProjectPage extends BenchPage<ProjectParts> {
  static override styles = [
    ...BenchPage.styles,
    css`
      .title {
        justify-content: space-between;
        margin: 24px 0 8px;
      }
      .title h2 {
        margin: 0;
      }
      bench-table::part(link) {
        color: var(--vscode-textLink-foreground);
      }
      bench-table::part(link):hover {
        color: var(--vscode-textLink-activeForeground);
      }
    `,
  ];

  /** By kind; not kept: the tables are short. */
  @state() private accessor sorts: Readonly<Partial<Record<PartKind, TableSort>>> = {};

  protected override load(): Promise<ProjectParts> {
    return host.request(partsMethod, { id });
  }

  protected override show(parts: ProjectParts): TemplateResult {
    const { project, notes, problems } = parts;
    const tables = partTables(parts, (kind, partId) => this.act('open', { kind, id: partId }));
    return html`<header>
        <div>
          <h1>${project.name}</h1>
          <span class="quiet">${aboutText(parts)}</span>
        </div>
        <div class="row">
          ${button({ label: 'Reveal Model', icon: 'folder-opened', isSecondary: true, click: () => this.act('reveal') })}
          ${button({ label: 'Delete Project…', icon: 'trash', isSecondary: true, click: () => this.act('delete') })}
        </div>
      </header>
      ${problems.map(({ message }) => notice('warning', message))}
      <project-notes .projectId=${id} .notes=${notes ?? ''}></project-notes>
      ${tables.map((table) => this.renderTable(table))}`;
  }

  private renderTable({ kind, title, none, add, columns, rows }: PartTable): TemplateResult {
    return html`<div class="row title">
        <h2>${title} <span class="quiet">(${rows.length})</span></h2>
        ${
          add === undefined
            ? nothing
            : button({ label: add, icon: 'add', isSecondary: true, click: () => this.act('add', kind) })
        }
      </div>
      ${
        rows.length === 0
          ? html`<p class="quiet">${none}</p>`
          : html`<bench-table
              label=${title}
              .columns=${columns}
              .rows=${rows}
              .keyOf=${(row: { readonly id: number }) => row.id}
              .sort=${this.sorts[kind]}
              @bench-sort=${({ detail }: CustomEvent<TableSort>) => {
                this.sorts = { ...this.sorts, [kind]: detail };
              }}
              @bench-open=${({ detail }: RowsEvent<{ readonly id: number }>) => {
                const [row] = detail.rows;
                if (row !== undefined) this.act('open', { kind, id: row.id });
              }}
            ></bench-table>`
      }`;
  }
}

function aboutText({ project, models }: ProjectParts): string {
  const given = models.find(({ madeByOptimizationId }) => madeByOptimizationId === null);
  const made = `made ${dateText(project.createdAt)}`;
  const changed = project.modifiedAt === null ? [] : [`changed ${dateText(project.modifiedAt)}`];
  const model = given === undefined ? [] : [`${given.path.split(/[\\/]/).at(-1) ?? ''}, ${bytesText(given.sizeBytes)}`];
  const nodes =
    given === undefined
      ? []
      : [`${countText(given.inputNodes.length, 'input')}, ${countText(given.outputNodes.length, 'output')}`];
  return [...model, ...nodes, made, ...changed].join(' · ');
}

function dateText(iso: string): string {
  return new Date(iso).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}
