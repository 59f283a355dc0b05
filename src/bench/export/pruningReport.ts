// The report of a pruning: what is 0 now, what that costs, layer by layer.
import { bytesText } from '../../protocol/byteText';
import { metricOn } from '../../protocol/metricName';
import type { PruneResult } from '../../protocol/pruning';
import { layerSparsityText, meanText, sharedOutBy } from '../../sparsity/sharedOutBy';
import { pruningReasons } from '../optimization/pruningView';
import { machineSection, significant } from './reportFigures';
import { subjectSection } from './reports';
import type { ReportSubject } from './reports';
import type { Report, ReportSection } from './reportText';

/** What came of a pruning, and how. */
export function pruningReport(subject: ReportSubject, result: PruneResult): Report {
  return {
    title: `Optimization ${subject.name}`,
    sections: [
      outcomeSection(result),
      subjectSection(subject, result.modelSha256),
      {
        heading: 'How it was pruned',
        sentences: result.notes,
        facts: [
          ['Target sparsity', result.targetFraction === null ? undefined : significant(result.targetFraction)],
          ['Mean sparsity reached', result.reachedFraction === null ? undefined : meanText(result.reachedFraction)],
          ['Shared out by', result.allocatedBy === null ? undefined : sharedOutBy[result.allocatedBy]],
          ['Verified on', `${result.verification.samples} samples in a fresh process`],
          ['Took', `${significant(result.ms / 1000)} s`],
        ],
      },
      layerSection(result),
      machineSection(result.environment, undefined),
    ],
  };
}

function outcomeSection(result: PruneResult): ReportSection {
  const { accuracy, originalSizeBytes, sizeBytes } = result;
  const name = accuracy === null ? 'accuracy' : metricOn(accuracy.metric, accuracy.isRandomData);
  const figure = (value: number | undefined): string => significant(value ?? null);
  return {
    heading: 'What came of it',
    sentences: pruningReasons(result),
    table: {
      header: ['', name, 'size'],
      rows: [
        ['given model', figure(accuracy?.before), bytesText(originalSizeBytes)],
        ['pruned model', figure(accuracy?.after), bytesText(sizeBytes)],
      ],
    },
  };
}

function layerSection({ layers }: PruneResult): ReportSection {
  return {
    heading: 'Layers',
    table: {
      header: ['layer', 'operator', 'weights', 'sparsity', 'zeros'],
      rows: layers.map(({ label, opType, weights, sparsityFraction, denseReason, zeros }) => [
        ...[label, opType, String(weights)],
        layerSparsityText(sparsityFraction, denseReason),
        `${significant((zeros / weights) * 100)} %`,
      ]),
    },
  };
}
