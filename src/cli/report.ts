// Reports of `quantize` and `check` as Markdown or JSON files.
import { extname } from 'node:path';
import { productVersion } from '../config/product';
import { replaceFile } from '../files/atomicWrite';
import type { Environment } from '../protocol/environment';
import type { CheckResult, QuantizeResult } from '../protocol/jobs';
import { formatDuration, formatGate, formatMetric, formatRatio, formatSizeChange } from './formats';
import { bytesText } from '../protocol/byteText';

/** Writes the JSON or the Markdown form, whichever the extension asks for. */
export async function writeReport(path: string, result: unknown, markdown: string): Promise<void> {
  const json = `${JSON.stringify(result, undefined, 2)}\n`;
  await replaceFile(path, extname(path).toLowerCase() === '.json' ? json : markdown);
}

/** A quantization as Markdown: what was done, what stayed float and why, every range. */
export function quantizeReport(result: QuantizeResult): string {
  const { calibration, verification, recipe } = result;
  return document('Quantization report', [
    markdownTable(
      ['', ''],
      [
        ['model', result.output],
        [
          'size',
          `${bytesText(result.originalSizeBytes)} → ${bytesText(result.sizeBytes)} (${formatSizeChange(result.originalSizeBytes, result.sizeBytes)})`,
        ],
        [
          'recipe',
          `${recipe.approach}, ${recipe.format}, activations ${recipe.activationType}, weights ${recipe.weightType}, ${recipe.perChannel ? 'per channel' : 'per tensor'}${recipe.reduceRange ? ', reduced range' : ''}`,
        ],
        [
          'calibration',
          calibration.samples === 0
            ? 'none'
            : `${calibration.method}, ${calibration.samples} samples, ${formatDuration(calibration.ms)}`,
        ],
        [
          'verification',
          `${verification.samples} samples in a fresh process${verification.signalToNoiseDb === null ? '' : `, signal to noise ${verification.signalToNoiseDb.toFixed(1)} dB`}`,
        ],
        ['input model', `sha256 ${result.modelSha256}`],
        ['engine', engineText(result.environment)],
      ],
    ),
    ...(result.notes.length === 0 ? [] : [`## Notes\n\n${result.notes.map((note) => `- ${cell(note)}`).join('\n')}`]),
    `## In 8 bit\n\n${markdownTable(
      ['operator', 'nodes'],
      Object.entries(result.quantizedOps).map(([type, count]) => [type, String(count)]),
    )}`,
    `## Kept float\n\n${
      result.keptFloat.length === 0
        ? 'Nothing.'
        : markdownTable(
            ['node', 'operator', 'reason'],
            result.keptFloat.map((kept) => [kept.node, kept.opType, kept.reason]),
          )
    }`,
    `## Activation ranges\n\n${markdownTable(
      ['tensor', 'min', 'max', 'scale', 'zero point'],
      Object.entries(result.ranges).map(([name, range]) => [
        name,
        range.min.toPrecision(6),
        range.max.toPrecision(6),
        range.scale.toPrecision(6),
        String(range.zeroPoint),
      ]),
    )}`,
  ]);
}

/** A check as Markdown: the verdict, the figures and each gate. */
export function checkReport(result: CheckResult): string {
  const { figures, environment } = result;
  return document(`Check ${result.passed ? 'passed' : 'failed'}`, [
    markdownTable(
      ['', 'model', 'float model'],
      [
        ['file', result.model, result.against],
        ['sha256', result.modelSha256, result.againstSha256],
        [
          figures.metric,
          formatMetric(figures.metric, figures.value),
          formatMetric(figures.metric, figures.againstValue),
        ],
        ['size', formatRatio(figures.sizeRatio), formatRatio(1)],
        ...(figures.latencyRatio === null ? [] : [['latency', formatRatio(figures.latencyRatio), formatRatio(1)]]),
      ],
    ),
    `Over ${figures.samples} samples, with ${engineText(environment)}.`,
    markdownTable(
      ['gate', 'limit', 'value', 'result'],
      result.gates.map((gate) => [
        gate.gate,
        formatGate(gate.gate, figures.metric, gate.limit),
        formatGate(gate.gate, figures.metric, gate.value),
        gate.passed ? 'ok' : 'broken',
      ]),
    ),
  ]);
}

function engineText({ engineVersion, threads, cpuModel }: Environment): string {
  return `ONNX Runtime ${engineVersion}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${cpuModel}`;
}

function document(title: string, sections: readonly string[]): string {
  return `# ${title}\n\n${sections.join('\n\n')}\n\nMade by Compressor Bench ${productVersion}.\n`;
}

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(header), `|${' --- |'.repeat(header.length)}`, ...rows.map(line)].join('\n');
}

/** Names from a model must not break out of a table cell or become markup. */
function cell(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\|`<>*_[\]]/g, (character) => `\\${character}`);
}
