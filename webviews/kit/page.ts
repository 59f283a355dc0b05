// What every page is: asks for its data, asks again when the bench changed, says what goes wrong and what to do next.
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { cancelledCode, failureRecordOf } from '../../src/protocol/benchError';
import type { FailureRecord } from '../../src/protocol/benchError';
import { actionMethod, manageTrustAction, panelChangedEvent } from '../../src/protocol/panels/panel';
import { host, isTrusted } from './host';
import { baseStyles, pageStyles, toneStyles } from './styles';

/** A button of a page. */
export interface PageButton {
  readonly label: string;
  /** A codicon. */
  readonly icon?: string;
  readonly isSecondary?: boolean;
  readonly isDisabled?: boolean;
  /** Whether it has something run or stopped: that waits until the folder is trusted. */
  readonly runs?: boolean;
  /** What it does, when the label does not say it all. */
  readonly hint?: string;
  readonly click: () => unknown;
}

/** What a page says kindly when there is nothing to show. */
export interface EmptyState {
  /** A codicon. */
  readonly icon: string;
  readonly text: string;
  readonly buttons?: readonly PageButton[];
}

/** A page about something of a bench. A page says what to ask (`load`) and shows what comes (`show`). */
export abstract class BenchPage<Data> extends LitElement {
  static override styles = [baseStyles, pageStyles, toneStyles];

  /** What was answered last; kept on show while it is asked again. */
  @state() protected accessor data: Data | undefined = undefined;
  @state() private accessor failure: FailureRecord | undefined = undefined;
  @state() private accessor announced = '';
  private asked = 0;
  private answered = 0;

  /** Asks the bench. */
  protected abstract load(): Promise<Data>;
  /** Shows the answer. */
  protected abstract show(data: Data): TemplateResult;

  override connectedCallback(): void {
    super.connectedCallback();
    host.onEvent(panelChangedEvent, () => void this.refresh());
    void this.refresh();
  }

  /** Asks again; an answer that a later one has overtaken is dropped. */
  async refresh(): Promise<void> {
    const turn = ++this.asked;
    try {
      const data = await this.load();
      if (turn < this.answered) return;
      this.answered = turn;
      this.data = data;
      this.failure = undefined;
    } catch (thrown) {
      if (turn < this.answered) return;
      this.answered = turn;
      this.failure = failureRecordOf(thrown);
    }
  }

  /** Has something done in the editor; failures are shown there. */
  protected act(name: string, value: unknown = null): void {
    void host.request(actionMethod, { name, value }).catch((thrown: unknown) => {
      this.failure = failureRecordOf(thrown);
    });
  }

  /** Tells people who listen to the page instead of seeing it. */
  protected announce(text: string): void {
    this.announced = text;
  }

  override render(): TemplateResult {
    return html`<main>${this.renderTrust()}${this.renderFailure()}${this.renderData()}</main>
      <div class="unseen" role="status" aria-live="polite">${this.announced}</div>`;
  }

  private renderData(): TemplateResult | typeof nothing {
    if (this.data !== undefined) return this.show(this.data);
    return this.failure === undefined ? this.showLoading() : nothing;
  }

  /** Stands there until the first answer. */
  protected showLoading(): TemplateResult {
    return html`<p class="loading" role="status">Loading…</p>`;
  }

  /** Why its buttons are greyed out. */
  private renderTrust(): TemplateResult | typeof nothing {
    if (isTrusted) return nothing;
    return notice('info', 'This folder is in Restricted Mode: results can be looked at, nothing is run.', [
      { label: 'Manage Workspace Trust', isSecondary: true, click: () => this.act(manageTrustAction) },
    ]);
  }

  private renderFailure(): TemplateResult | typeof nothing {
    if (this.failure === undefined) return nothing;
    const { code, message, nextStep } = this.failure;
    // What a person ended on purpose has not failed.
    const tone = code === cancelledCode ? 'info' : 'error';
    return html`<div class="notice ${tone} first" role="alert">
      <vscode-icon name=${tone} aria-hidden="true"></vscode-icon>
      <p>${message} ${nextStep ?? nothing}</p>
      ${button({ label: 'Try Again', isSecondary: true, click: () => this.refresh() })}
    </div>`;
  }
}

/** A button in the looks of the editor. */
export function button({
  label,
  icon,
  isSecondary = false,
  isDisabled = false,
  runs = false,
  hint,
  click,
}: PageButton): TemplateResult {
  return html`<vscode-button
    ?secondary=${isSecondary}
    ?disabled=${isDisabled || (runs && !isTrusted)}
    icon=${icon ?? nothing}
    title=${hint ?? nothing}
    @click=${click}
    >${label}</vscode-button
  >`;
}

/** Several in a row; each stays itself when others come and go, so that the focus never lies on another one. */
export function buttonRow(row: readonly PageButton[]): TemplateResult {
  return html`<div class="row">${repeat(row, ({ label }) => label, button)}</div>`;
}

/** Nothing yet: what it would be, and the obvious next thing to do. */
export function emptyState({ icon, text, buttons = [] }: EmptyState): TemplateResult {
  return html`<div class="empty">
    <vscode-icon name=${icon} size="40" aria-hidden="true"></vscode-icon>
    <p>${text}</p>
    ${buttons.length === 0 ? nothing : buttonRow(buttons)}
  </div>`;
}

/** A sentence the person should not miss, with what to do about it. */
export function notice(
  tone: 'info' | 'warning' | 'error',
  text: string,
  buttons: readonly PageButton[] = [],
): TemplateResult {
  return html`<div class="notice ${tone}">
    <vscode-icon name=${tone} aria-hidden="true"></vscode-icon>
    <p>${text}</p>
    ${buttons.map(button)}
  </div>`;
}

/** Names and values below each other. */
export function factList(facts: readonly (readonly [name: string, value: string])[]): TemplateResult {
  return html`<dl class="facts">
    ${facts.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

/** A key figure, and a few words beside it. */
export type Tile = readonly [name: string, value: string, more?: string];

/** The key figures of a page in a row. */
export function tiles(all: readonly Tile[]): TemplateResult {
  return html`<dl class="tiles">
    ${all.map(
      ([name, value, more]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value} ${more === undefined ? nothing : html`<small>${more}</small>`}</dd>
        </div>`,
    )}
  </dl>`;
}
