// Metrics of object detection: mAP, COCOmAP, COCOmAPv2, VOCmAP (SYSTEMS §5.3).
import type { Annotation } from '../../data/contracts';
import { isDetectionLabel } from '../../data/detectionLabel';
import type { Category, DetectionLabel } from '../../data/detectionLabel';
import { detectionFigures } from '../../dictionary/detectionMetrics';
import type { Metric, MetricAttribute, ModelOutputs } from '../contracts';
import { metricErrors } from '../metricErrors';
import { areaRanges, averagePrecision } from './averagePrecision';
import type { JudgedPicture, PrecisionFigures, PrecisionOptions, TrueBox } from './averagePrecision';
import { categoryOf, cocoCategories, readCategories } from './categories';
import { ForeignClasses } from './foreignClasses';
import type { ClassNumbers } from './categories';
import { foundBoxes, inPixels } from './foundBoxes';
import type { BoxFormat, OutputPlaces } from './foundBoxes';

interface CommonParameters {
  readonly anno_path: string | undefined;
  readonly box_format: BoxFormat;
  readonly input_size: readonly number[] | undefined;
  readonly class_numbers: ClassNumbers;
}

type FigureName = (typeof detectionFigures)[number];
type Overlaps = number | string | readonly number[];

/** Overlap 0.5 and the area under the curve unless told otherwise. */
export function meanAveragePrecision(
  parameters: CommonParameters & { readonly iou_thrs: Overlaps; readonly map_points: string },
): Metric {
  const { iou_thrs: overlaps, map_points: points } = parameters;
  return new BoxMetric('mAP', parameters, { overlaps: overlapsOf('mAP', overlaps), points: Number(points) });
}

export function vocMap(parameters: CommonParameters): Metric {
  return new BoxMetric('VOCmAP', parameters, { overlaps: [0.5], points: 0 });
}

export function cocoMap(parameters: CommonParameters & { readonly map_key: FigureName }): Metric {
  return new BoxMetric('COCOmAP', parameters, { overlaps: cocoOverlaps, points: 101, figure: parameters.map_key });
}

export function cocoMapV2(
  parameters: CommonParameters & {
    readonly iou_thrs: Overlaps;
    readonly map_points: string;
    readonly map_key: FigureName;
    readonly output_index_mapping: OutputPlaces;
  },
): Metric {
  const { iou_thrs: overlaps, map_points: points, map_key: figure, output_index_mapping: places } = parameters;
  const rules = { overlaps: overlapsOf('COCOmAPv2', overlaps), points: Number(points), figure, places };
  return new BoxMetric('COCOmAPv2', parameters, rules);
}

const cocoOverlaps = evenly(0.5, 0.95, 10);

/** As numpy.linspace, to the last bit. */
function evenly(first: number, last: number, count: number): number[] {
  const step = (last - first) / (count - 1);
  return Array.from({ length: count }, (_, index) => (index === count - 1 ? last : index * step + first));
}

/** A number, a list, or `first:step:last`. */
function overlapsOf(metric: string, given: Overlaps): readonly number[] {
  if (typeof given === 'number') return [given];
  if (typeof given !== 'string') return given;
  const parts = given.split(':').map((word) => (word.trim() === '' ? NaN : Number(word)));
  const [first = NaN, step = NaN, last = NaN] = parts;
  if (parts.length === 1 && first >= 0 && first <= 1) return [first];
  const count = Math.round((last - first) / step) + 1;
  if (parts.length !== 3 || !(first >= 0 && last >= first && last <= 1 && step >= 0.001)) {
    throw metricErrors.overlaps(metric, given);
  }
  return count === 1 ? [first] : evenly(first, last, count);
}

interface Rules extends Pick<PrecisionOptions, 'overlaps' | 'points'> {
  /** Present for metrics that report all figures of COCO. */
  readonly figure?: FigureName;
  readonly places?: OutputPlaces;
}

const higher: MetricAttribute = { direction: 'higher-better', type: 'accuracy' };

class BoxMetric implements Metric {
  readonly attributes: Readonly<Record<string, MetricAttribute>>;
  private pictures: JudgedPicture[] = [];
  private readonly seen = new Set<string | number>();
  private known: Readonly<Record<string, number>> | undefined;
  private readonly perPicture: number[] = [];
  /** False when some label does not tell how large its picture is. */
  private knowsSizes = true;
  private named: readonly Category[] | undefined;
  private readonly foreign = new ForeignClasses();

  constructor(
    private readonly name: string,
    private readonly parameters: CommonParameters,
    private readonly rules: Rules,
  ) {
    const figures = rules.figure === undefined ? [] : detectionFigures;
    this.attributes = Object.fromEntries([name, ...figures].map((each) => [each, higher]));
  }

  update(outputs: ModelOutputs, annotations: readonly Annotation[]): void {
    const { name, parameters, rules } = this;
    const layout = { format: parameters.box_format, inputSize: parameters.input_size, places: rules.places };
    const found = foundBoxes(name, outputs, layout, annotations.length);
    annotations.forEach((annotation, index) => {
      const label = this.labelOf(annotation);
      const [, , , picture, details] = label;
      // The evaluator of the original takes each picture once.
      if (this.seen.has(picture)) return;
      this.seen.add(picture);
      this.knowsSizes &&= details !== undefined;
      const categories = this.categoriesOf(label);
      const boxes = (found[index] ?? []).flatMap((box) => {
        const category = categoryOf(box.classNumber, parameters.class_numbers, categories);
        this.foreign.count(box.classNumber, category, categories);
        return category === undefined ? [] : [{ ...inPixels(box, details), category, score: box.score }];
      });
      this.pictures.push({ id: picture, truths: this.truthsOf(label, categories), found: boxes });
    });
    this.known = undefined;
  }

  /** The figure of each picture by itself: 0 to 1, 1 for a picture without boxes of which the model says so. */
  get value(): Readonly<Record<string, readonly number[]>> {
    for (const picture of this.pictures.slice(this.perPicture.length)) {
      const { precision } = averagePrecision([picture], { ...this.rules, range: areaRanges.all, detections: 100 });
      this.perPicture.push(Number.isNaN(precision) ? Number(picture.found.length === 0) : precision);
    }
    return { [this.name]: this.perPicture };
  }

  get avgValue(): Readonly<Record<string, number>> {
    this.known ??= this.figures();
    return this.known;
  }

  get notes(): readonly string[] {
    return this.foreign.notes(this.parameters.class_numbers);
  }

  reset(): void {
    this.pictures = [];
    this.foreign.reset();
    this.seen.clear();
    this.perPicture.length = 0;
    this.knowsSizes = true;
    this.known = undefined;
  }

  private figures(): Record<string, number> {
    const { name, rules } = this;
    if (rules.figure === undefined) return { [name]: this.of(rules.overlaps, 'all', 100).precision };
    const all = Object.fromEntries(detectionFigures.map((key) => [key, this.cocoFigure(key, rules.overlaps)]));
    return { [name]: all[rules.figure] ?? NaN, ...all };
  }

  private cocoFigure(figure: FigureName, overlaps: readonly number[]): number {
    const range = (/\((small|medium|large)\)/.exec(figure)?.[1] ?? 'all') as keyof typeof areaRanges;
    if (range !== 'all' && !this.knowsSizes) return NaN;
    const [, only] = /@\.(\d+)IOU/.exec(figure) ?? [];
    const chosen = only === undefined ? overlaps : overlaps.filter((each) => Math.round(100 * each) === Number(only));
    const [, most = '100'] = /AR@(\d+)/.exec(figure) ?? [];
    const { precision, recall } = this.of(chosen, range, Number(most));
    return figure.startsWith('DetectionBoxes_Recall') ? recall : precision;
  }

  private of(overlaps: readonly number[], range: keyof typeof areaRanges, detections: number): PrecisionFigures {
    const { points } = this.rules;
    return averagePrecision(this.pictures, { overlaps, points, range: areaRanges[range], detections });
  }

  private labelOf(annotation: Annotation): DetectionLabel {
    if (annotation === undefined || annotation === null) throw metricErrors.labelMissing(this.name);
    if (isDetectionLabel(annotation)) return annotation;
    const expected = 'boxes ([boxes, class names, category ids, picture])';
    throw metricErrors.labelKind(this.name, expected, 'something else');
  }

  private categoriesOf([, , , , details]: DetectionLabel): readonly Category[] {
    const { anno_path: path } = this.parameters;
    if (path !== undefined) this.named ??= readCategories(this.name, path);
    return this.named ?? details?.categories ?? cocoCategories;
  }

  /** A file of categories renumbers the classes that labels name. */
  private truthsOf([boxes, names, ids, , details]: DetectionLabel, categories: readonly Category[]): TrueBox[] {
    const isRenumbered = this.named !== undefined && names.length > 0;
    return boxes.map(([top, left, bottom, right], index) => {
      const id = isRenumbered ? undefined : ids[index];
      const rectangle = inPixels({ top, left, bottom, right }, details);
      return {
        ...rectangle,
        category: id ?? this.idOf(names[index] ?? '', categories),
        area: details?.areas[index] ?? rectangle.width * rectangle.height,
        isCrowd: details?.crowds[index] ?? false,
        isIgnored: details?.ignored[index] ?? false,
      };
    });
  }

  private idOf(name: string, categories: readonly Category[]): number {
    const found = categories.find((category) => category.name === name);
    if (found !== undefined) return found.id;
    throw metricErrors.classUnknown(this.name, name);
  }
}
