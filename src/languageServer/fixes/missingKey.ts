// What is put in where a key is missing: a value that is right in its kind, for a person to go on from.
import type { ParameterValue } from '../../dictionary/entry';
import { defaultTargetSparsity } from '../../protocol/pruning';
import type { ConfigValueType } from '../../dictionary/tuningKeys/configKey';
import type { Finding } from '../findings';
import type { ModelNames } from '../modelNames';
import type { FileWithNames } from '../openFile';
import { pairNamed, pairStartingAt } from '../outline';
import { slotAt } from '../vocabulary/slot';
import { scalarText } from '../yamlText';
import type { QuickFix } from './quickFix';
import { withKey } from './textEdits';

/** Axes of a picture for a model whose input has no fixed size. */
const usualShape = [3, 224, 224];

/** Adds the key; several ways where several are usual. */
export function missingKeyFixes({ file, names }: FileWithNames, finding: Finding): QuickFix[] {
  const { missing } = finding;
  if (missing === undefined) return [];
  if (missing === 'dataloader') return dataloaderFixes({ file, names }, finding);
  const parent = finding.path === '' ? undefined : pairStartingAt(file.outline, finding.start);
  if (missing === 'dataset') {
    return datasetTexts(names).flatMap(({ title, lines }) => {
      const change = withKey(file.text, file.outline, parent, { above: [], lines });
      return change === undefined ? [] : [{ title, changes: [change] }];
    });
  }
  const slot = slotAt(file.root, [...(parent?.path ?? []), missing]);
  if (slot?.kind !== 'value') return [];
  const lines = `${missing}: ${exampleOf(slot.type, missing, names)}`;
  const change = withKey(file.text, file.outline, parent, { above: [], lines });
  return change === undefined ? [] : [{ title: `Add ${missing}`, changes: [change], isPreferred: true }];
}

/** The section may be missing with all that is around it. */
function dataloaderFixes({ file, names }: FileWithNames, { path }: Finding): QuickFix[] {
  const keys = path.split('.');
  let depth = keys.length;
  while (depth > 0 && pairNamed(file.outline, keys.slice(0, depth)) === undefined) depth--;
  const parent = depth === 0 ? undefined : pairNamed(file.outline, keys.slice(0, depth));
  const added = datasetTexts(names).flatMap(({ title, lines }): QuickFix[] => {
    const change = withKey(file.text, file.outline, parent, { above: keys.slice(depth), lines });
    return change === undefined ? [] : [{ title, changes: [change] }];
  });
  return keys[0] === 'quantization' ? [...added, ...dynamicFixes(file)] : added;
}

function dynamicFixes({ text, outline }: FileWithNames['file']): QuickFix[] {
  const title = 'Quantize dynamically, which needs no data';
  const approach = pairNamed(outline, ['quantization', 'approach'])?.value;
  if (approach !== undefined) {
    return [{ title, changes: [{ start: approach.start, end: approach.end, text: 'post_training_dynamic_quant' }] }];
  }
  const section = pairNamed(outline, ['quantization']);
  const change = withKey(text, outline, section, {
    above: section === undefined ? ['quantization'] : [],
    lines: 'approach: post_training_dynamic_quant',
  });
  return change === undefined ? [] : [{ title, changes: [change] }];
}

function datasetTexts(names: ModelNames | undefined): { title: string; lines: string }[] {
  const shape = JSON.stringify(sampleShape(names)).replaceAll(',', ', ');
  return [
    { title: 'Add data: pictures of a folder', lines: 'dataset:\n  images:\n    path: pictures' },
    { title: 'Add data: random values', lines: `dataset:\n  dummy_v2:\n    input_shape: ${shape}` },
  ];
}

/** Of one sample of each input: the first axis counts samples. */
function sampleShape(names: ModelNames | undefined): number[] | number[][] {
  const shapes = (names?.inputs ?? []).map(({ shape }) => shape?.slice(1).map((size) => size ?? 1) ?? usualShape);
  const [first = usualShape, ...others] = shapes;
  return others.length === 0 ? first : shapes;
}

function exampleOf(type: ConfigValueType, name: string, names: ModelNames | undefined): string {
  if (name === 'input_shape') return JSON.stringify(sampleShape(names)).replaceAll(',', ', ');
  if (name === 'shape') return JSON.stringify([16, ...sampleShape(names)]).replaceAll(',', ', ');
  if (name === 'target_sparsity') return String(defaultTargetSparsity);
  if (name === 'perm') return '[2, 0, 1]';
  if (name === 'size' || name === 'height' || name === 'width') return type.kind === 'list' ? '[224, 224]' : '224';
  return scalarOf(exampleValue(type));
}

function scalarOf(value: ParameterValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : scalarText(value);
}

function exampleValue(type: ConfigValueType): ParameterValue {
  switch (type.kind) {
    case 'integer':
    case 'number':
      return Math.max(type.minimum ?? 0, 0);
    case 'percent':
      return 0.01;
    case 'boolean':
      return false;
    case 'string':
      return type.choices?.[0] ?? 'name';
    case 'path':
      return 'data';
    case 'list':
      return Array.from({ length: type.minItems ?? 1 }, () => exampleValue(type.of));
    case 'either':
      return type.of[0] === undefined ? '' : exampleValue(type.of[0]);
    case 'integers':
      return Object.fromEntries(type.keys.map((key, index) => [key, index]));
    case 'any':
      return '';
  }
}
