// <preview-page>: the first samples of a data set, what each transform makes of them, and the first that cannot be used.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { FailureRecord } from '../../src/protocol/benchError';
import { datasetPreviewMethod, datasetSubjectOf } from '../../src/protocol/panels/preview';
import type { PreviewReport } from '../../src/protocol/panels/preview';
import type { DatasetPreview } from '../../src/protocol/preview';
import type { Progress } from '../../src/protocol/progress';
import { countText } from '../kit/figures';
import { host, isTrusted, keepView, keptView, subject } from '../kit/host';
import { controlStyles, jobView } from '../kit/jobView';
import { BenchPage, buttonRow, notice } from '../kit/page';
import type { PageButton } from '../kit/page';
import { sampleStyles, sampleView } from './sampleView';

const dataset = datasetSubjectOf(subject);

/** Samples shown at first, and with each "Show More". */
const samplesAtOnce = 4;
const mostSamples = 48;

/** What was asked for last, so that a page that is shown again is answered from what was read. */
interface View {
  readonly samples: number;
  readonly checksAll: boolean;
  readonly turn: number;
}

@customElement('preview-page')
export class PreviewPage extends BenchPage<PreviewReport> {
  static override styles = [...BenchPage.styles, controlStyles, sampleStyles];

  @state() private accessor view: View = { samples: samplesAtOnce, checksAll: false, turn: 0, ...keptView<View>() };
  /** A person asked for it: it is shown from the beginning. */
  @state() private accessor isReading = false;
  @state() private accessor progress: Progress | null = null;
  private stopping: AbortController | undefined;

  protected override async load(): Promise<PreviewReport> {
    const stopping = new AbortController();
    this.stopping = stopping;
    try {
      return await host.request(
        datasetPreviewMethod,
        { ...dataset, ...this.view },
        { signal: stopping.signal, onProgress: (progress) => (this.progress = progress) },
      );
    } finally {
      if (this.stopping === stopping) this.progress = null;
    }
  }

  protected override showLoading(): TemplateResult {
    return html`<header><h1>${document.title}</h1></header>
      ${isTrusted ? this.readingView() : super.showLoading()}`;
  }

  private readingView(): TemplateResult {
    const job = { position: null, progress: this.progress, timeLeftMs: null };
    return jobView('Preview', job, () => this.stopping?.abort());
  }

  protected override show({ name, origin, preview, failure }: PreviewReport): TemplateResult {
    return html`${this.isReading || this.progress !== null ? this.readingView() : nothing}
      <header>
        <div>
          <h1>${name}</h1>
          <span class="quiet">${[origin, ...(preview === null ? [] : factsOf(preview))].join(' · ')}</span>
        </div>
        ${buttonRow(this.buttonsFor(preview))}
      </header>
      ${failure === null ? nothing : failureNotice(failure)} ${preview === null ? nothing : this.showPreview(preview)}`;
  }

  private showPreview(preview: DatasetPreview): TemplateResult {
    const { notes, problem, samples } = preview;
    return html`${problem === null ? nothing : failureNotice(problem)} ${notes.map((note) => notice('warning', note))}
    ${
      this.view.checksAll && problem === null && !preview.isEndless
        ? notice('info', `${countText(preview.readable, 'sample')} read: all of them can be used.`)
        : nothing
    }
    ${samples.map((sample) => sampleView(sample))}
    ${
      this.hasMore(preview)
        ? buttonRow([
            {
              label: 'Show More',
              isSecondary: true,
              isDisabled: this.isReading,
              runs: true,
              click: () => this.ask({ samples: this.view.samples + samplesAtOnce }),
            },
          ])
        : nothing
    }`;
  }

  private hasMore({ length, isEndless, samples }: DatasetPreview): boolean {
    const isThere = isEndless || (length === null ? samples.length === this.view.samples : samples.length < length);
    return isThere && this.view.samples < mostSamples;
  }

  private buttonsFor(preview: DatasetPreview | null): PageButton[] {
    const isDisabled = this.isReading;
    return [
      { label: 'Read Again', icon: 'refresh', isSecondary: true, isDisabled, runs: true, click: () => this.ask({}) },
      ...(preview === null || preview.isEndless
        ? []
        : [
            {
              label: 'Check Every Sample',
              icon: 'checklist',
              isSecondary: true,
              isDisabled,
              runs: true,
              hint: 'Reads and transforms all of the data until something cannot be used',
              click: () => this.ask({ checksAll: true }),
            },
          ]),
      { label: 'Open Description', icon: 'go-to-file', isSecondary: true, click: () => this.act('open') },
    ];
  }

  /** Reads the data anew. */
  private async ask(change: Partial<View>): Promise<void> {
    this.view = { ...this.view, checksAll: false, ...change, turn: this.view.turn + 1 };
    keepView(this.view);
    this.isReading = true;
    this.announce('Reading the data set…');
    await this.refresh().finally(() => (this.isReading = false));
    this.announce('The data set was read.');
  }
}

function factsOf({ loader, length, isEndless, isRandom, batchSize, metric }: DatasetPreview): string[] {
  const count = isEndless ? 'without end' : length === null ? 'of unknown length' : countText(length, 'sample');
  return [
    loader,
    count,
    `batches of ${batchSize}`,
    ...(metric === null ? [] : [`metric ${metric}`]),
    ...(isRandom ? ['made up'] : []),
  ];
}

function failureNotice({ message, place, nextStep }: FailureRecord): TemplateResult {
  // In a folder that is not trusted, the notice above says why nothing was read.
  const tone = isTrusted ? 'error' : 'warning';
  const where = place === undefined || message.includes(place) ? [] : [`At ${place}.`];
  return notice(tone, [message, ...where, ...(nextStep === undefined ? [] : [nextStep])].join(' '));
}
