// The head of the page: what is tuned, and what can be done with it now.
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { TuningHistoryReport } from '../../src/protocol/panels/tuningHistory';
import { countText } from '../kit/figures';
import { buttonRow } from '../kit/page';
import type { PageButton } from '../kit/page';

/** Has something done by the panel. */
type Act = (name: string, value?: unknown) => void;

/** The head of the page. */
export function historyHead(report: TuningHistoryReport, isRunning: boolean, act: Act): TemplateResult {
  return html`<header>
    <div>
      <h1>${report.name}</h1>
      <div class="quiet">${report.about.join(' · ')}</div>
    </div>
    ${buttonRow([
      ...(isRunning ? [] : runButtons(report, act)),
      secondary('Config', 'go-to-file', () => act('openConfig')),
      ...(report.run === null ? [] : [secondary('Log', 'output', () => act('openLog'))]),
      ...resultButtons(report, act),
    ])}
  </header>`;
}

function runButtons({ resume, run }: TuningHistoryReport, act: Act): readonly PageButton[] {
  const main: PageButton = {
    ...{ label: run === null ? 'Run' : 'Run Again', icon: 'play', runs: true, isSecondary: resume !== null },
    click: () => act('run'),
  };
  if (resume === null) return [main];
  return [
    {
      ...{ label: 'Resume', icon: 'debug-continue', runs: true },
      hint: `Goes on with the ${countText(resume.trials, 'trial')} measured so far`,
      click: () => act('resume'),
    },
    main,
  ];
}

/** A record has a model in the bench; the winner of a config outside it is a file. */
function resultButtons(
  { isRecord, prunes, optimizedModel, result }: TuningHistoryReport,
  act: Act,
): readonly PageButton[] {
  if (!isRecord) {
    const hasModel = result !== null && result.modelPath !== null;
    return hasModel ? [secondary('Graph', 'type-hierarchy', () => act('openFile'))] : [];
  }
  if (optimizedModel === null) return [];
  const { id } = optimizedModel;
  return [
    secondary('Graph', 'type-hierarchy', () => act('openGraph', { id })),
    secondary('Benchmark', 'dashboard', () => act('benchmark', { id })),
    // A diagnosis explains what quantizing did.
    ...(prunes ? [] : [secondary('Diagnose', 'microscope', () => act('diagnose'))]),
    secondary('Export', 'export', () => act('export')),
  ];
}

function secondary(label: string, icon: string, click: () => void): PageButton {
  return { label, icon, isSecondary: true, click };
}
