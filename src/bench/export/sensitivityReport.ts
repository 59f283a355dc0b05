// The report of a sensitivity analysis: what pruning would do to each layer, at a few sparsities.
import { valueAt } from '../../protocol/panels/sensitivity';
import type { CurveUnit } from '../../protocol/panels/sensitivity';
import { analysisCurves } from '../../sparsity/analysisCurves';
import type { SensitivityRecord } from '../../store/records';
import { analysisOfPoints } from '../reports/analysisOfPoints';
import type { FoundPoints } from '../sensitivity/sensitivityView';
import { machineSection, significant } from './reportFigures';
import { subjectSection } from './reports';
import type { ReportSubject } from './reports';
import type { Report, ReportSection } from './reportText';

const headings: Readonly<Record<CurveUnit, string>> = {
  magnitude: 'Sum of the magnitudes that are pruned, by sparsity',
  divergence: 'Divergence of the outputs when one layer is pruned, by sparsity',
  operations: 'Operations that are left where zeros cost nothing, by sparsity',
  milliseconds: 'Milliseconds of each layer, by sparsity',
};

/** Curves are shown here; all points are in the other files. */
const shownPercents = [0, 20, 40, 60, 80, 90, 95, 99];

/** What an analysis found, and how. */
export function sensitivityReport(subject: ReportSubject, record: SensitivityRecord, found: FoundPoints): Report {
  const { notes, isEdited, result } = found;
  const measured = isEdited ? undefined : result;
  const machine = measured?.method === 'measured' ? measured.machine : undefined;
  return {
    title: `Sensitivity analysis ${subject.name}`,
    sections: [
      { ...layerSection(record, found), sentences: notes },
      subjectSection(subject, measured?.modelSha256),
      {
        heading: 'How it was found',
        facts: [
          ['What is weighed', record.kind === 'loss' ? 'loss' : 'performance'],
          ['Method', record.method],
          ['Samples', measured?.method === 'one-shot' ? String(measured.samples) : undefined],
          ['Inputs', measured === undefined || measured.method === 'approx' ? undefined : measured.data],
          ['Timed runs of each level', measured?.method === 'measured' ? String(measured.iterations) : undefined],
        ],
      },
      machineSection(measured?.environment, machine),
    ],
  };
}

function layerSection(record: SensitivityRecord, found: FoundPoints): ReportSection {
  const analysis = analysisOfPoints(record, found);
  const { unit, layers } = analysisCurves(analysis);
  return {
    heading: headings[unit],
    table: {
      header: ['layer', 'operator', 'weights', ...shownPercents.map((percent) => `${percent} %`)],
      rows: analysis.layers.map(({ name, label, opType, weights }) => {
        const points = layers.get(name)?.points ?? [];
        return [label, opType, String(weights), ...shownPercents.map((one) => significant(valueAt(points, one / 100)))];
      }),
    },
  };
}
