// <project-notes>: the notes of a project, saved when the person leaves them or presses Ctrl+S; never over those of somebody else.
import { LitElement, css, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { failureRecordOf } from '../../src/protocol/benchError';
import { mostNotes, saveNotesMethod } from '../../src/protocol/panels/project';
import { host, keepView, keptView } from '../kit/host';
import { notice } from '../kit/page';
import { baseStyles, pageStyles } from '../kit/styles';

/** What was typed and not saved, kept while the panel is hidden. */
interface Unsaved {
  readonly draft: string;
  readonly basedOn: string;
}

@customElement('project-notes')
export class ProjectNotes extends LitElement {
  static override styles = [
    baseStyles,
    pageStyles,
    css`
      :host {
        padding: 0;
        min-height: 0;
        max-width: 90ch;
      }
      textarea {
        display: block;
        width: 100%;
        min-height: 76px;
        padding: 6px 8px;
        resize: vertical;
        color: var(--vscode-input-foreground);
        background: var(--vscode-input-background);
        border: 1px solid
          var(--vscode-input-border, var(--vscode-contrastBorder, var(--vscode-widget-border, transparent)));
        border-radius: 2px;
        font: inherit;
      }
      textarea::placeholder {
        color: var(--vscode-input-placeholderForeground);
      }
      .below {
        justify-content: space-between;
        margin: 2px 0 8px;
      }
    `,
  ];

  @property({ type: Number }) accessor projectId = 0;
  /** As the bench has them. */
  @property() accessor notes = '';
  /** What is typed; undefined while it is what the bench has. */
  @state() private accessor draft: string | undefined = keptView<{ notes: Unsaved }>().notes?.draft;
  @state() private accessor saying = '';
  /** Notes of somebody else, who was first. */
  @state() private accessor theirs: string | undefined = undefined;
  @state() private accessor failure: string | undefined = undefined;
  @query('textarea') private accessor field!: HTMLTextAreaElement;
  /** What the draft began with. */
  private basedOn = keptView<{ notes: Unsaved }>().notes?.basedOn ?? '';
  private isSaving = false;

  protected override willUpdate(changed: PropertyValues<this>): void {
    // A change elsewhere is seen before it is written over.
    if (!changed.has('notes') || this.draft === undefined || this.isSaving) return;
    if (this.draft === this.notes) this.forget();
    else if (this.notes !== this.basedOn) this.theirs = this.notes;
  }

  override render(): TemplateResult {
    const text = this.draft ?? this.notes;
    return html`<h2><label for="notes">Notes</label></h2>
      ${this.theirs === undefined ? nothing : this.renderConflict(this.theirs)}
      ${this.failure === undefined ? nothing : notice('error', this.failure, [{ label: 'Save Again', click: () => this.save() }])}
      <textarea
        id="notes"
        maxlength=${mostNotes}
        placeholder="What this project is for, what was tried, what came of it"
        aria-describedby="state"
        .value=${text}
        @input=${() => this.type()}
        @blur=${() => this.save()}
        @keydown=${(event: KeyboardEvent) => this.takeKey(event)}
      ></textarea>
      <div class="row below quiet">
        <span id="state" role="status">${this.saying}</span>
        <span>${text.length} of ${mostNotes} characters</span>
      </div>`;
  }

  private renderConflict(theirs: string): TemplateResult {
    return notice('warning', `The notes were changed elsewhere meanwhile: “${theirs}”`, [
      { label: 'Keep Mine', click: () => this.keepMine(theirs) },
      { label: 'Take Those', isSecondary: true, click: () => this.forget() },
    ]);
  }

  private type(): void {
    if (this.draft === undefined) this.basedOn = this.notes;
    this.draft = this.field.value;
    this.saying = 'Not saved yet';
    this.keep();
  }

  private takeKey(event: KeyboardEvent): void {
    if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    void this.save();
  }

  private async keepMine(theirs: string): Promise<void> {
    this.basedOn = theirs;
    this.theirs = undefined;
    await this.save();
  }

  /** Back to what the bench has. */
  private forget(): void {
    this.draft = undefined;
    this.theirs = undefined;
    this.saying = '';
    this.keep();
  }

  private async save(): Promise<void> {
    const { draft } = this;
    if (draft === undefined || this.isSaving || this.theirs !== undefined) return;
    if (draft === this.notes && draft === this.basedOn) {
      this.forget();
      return;
    }
    this.isSaving = true;
    this.saying = 'Saving…';
    this.failure = undefined;
    try {
      const edit = { id: this.projectId, notes: draft, basedOn: this.basedOn };
      const { notes, isSaved } = await host.request(saveNotesMethod, edit);
      this.notes = notes;
      if (isSaved) this.saved(notes);
      else this.theirs = notes;
      this.saying = isSaved ? 'Saved' : 'Not saved';
    } catch (thrown) {
      this.failure = `The notes could not be saved: ${failureRecordOf(thrown).message}`;
      this.saying = 'Not saved';
    } finally {
      this.isSaving = false;
    }
  }

  /** What was typed while it was saved is saved next time. */
  private saved(notes: string): void {
    this.basedOn = notes;
    if (this.draft === notes) this.draft = undefined;
    this.keep();
  }

  private keep(): void {
    const unsaved = this.draft === undefined ? {} : { notes: { draft: this.draft, basedOn: this.basedOn } };
    keepView(unsaved);
  }
}
