// Precision and recall of boxes by the rules of the COCO evaluation (https://cocodataset.org/#detection-eval), step by step
// as its reference evaluator has them, so that figures are equal to the last digits.

/** In pixels. */
export interface PixelRectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A box that is there. */
export interface TrueBox extends PixelRectangle {
  readonly category: number;
  /** By which its size is told; of a mask where there was one. */
  readonly area: number;
  /** Detections inside of it are neither right nor wrong, however many. */
  readonly isCrowd: boolean;
  /** As a crowd, but it has to be met as other boxes have. */
  readonly isIgnored: boolean;
}

/** A box that a model found. */
export interface FoundBox extends PixelRectangle {
  readonly category: number;
  readonly score: number;
}

export interface JudgedPicture {
  /** Orders the pictures: of equal scores those of an earlier picture come first. */
  readonly id: string | number;
  readonly truths: readonly TrueBox[];
  readonly found: readonly FoundBox[];
}

/** Areas a box may have, both included, in square pixels. */
export type AreaRange = readonly [least: number, most: number];

/** The ranges of COCO. */
export const areaRanges = {
  all: [0, 1e10],
  small: [0, 32 ** 2],
  medium: [32 ** 2, 96 ** 2],
  large: [96 ** 2, 1e10],
} as const satisfies Readonly<Record<string, AreaRange>>;

/** Detections of one class that count in a picture. */
export const mostDetections = 100;

export interface PrecisionOptions {
  /** Overlaps (intersection over union) from which a box counts as found. */
  readonly overlaps: readonly number[];
  /** Recalls at which precision is taken; 0: the area under the whole curve. */
  readonly points: number;
  readonly range: AreaRange;
  /** Detections of one class that count in a picture, the best ones; at most `mostDetections`. */
  readonly detections: number;
}

/** Means over classes that are there; NaN without any. */
export interface PrecisionFigures {
  readonly precision: number;
  readonly recall: number;
}

/** Precision and recall over all pictures, as means over overlaps and classes. */
export function averagePrecision(pictures: readonly JudgedPicture[], options: PrecisionOptions): PrecisionFigures {
  const precisions: number[] = [];
  const recalls: number[] = [];
  for (const ofClass of byClass(pictures)) {
    const matches = ofClass.map((picture) => matched(picture, options));
    for (let index = 0; index < options.overlaps.length; index++) {
      const curve = curveOf(matches, index, options.detections);
      if (curve === undefined) continue;
      recalls.push(curve.recalls.at(-1) ?? 0);
      precisions.push(...precisionsOf(curve, options.points));
    }
  }
  return { precision: mean(precisions), recall: mean(recalls) };
}

/** For each class the pictures with what is there and found of it, in the order of their ids. */
function byClass(pictures: readonly JudgedPicture[]): JudgedPicture[][] {
  const classes = new Map<number, Map<JudgedPicture, { truths: TrueBox[]; found: FoundBox[] }>>();
  const sorted = pictures.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  for (const picture of sorted) {
    const partOf = (category: number): { truths: TrueBox[]; found: FoundBox[] } => {
      const ofClass = classes.get(category) ?? new Map<JudgedPicture, { truths: TrueBox[]; found: FoundBox[] }>();
      classes.set(category, ofClass);
      const part = ofClass.get(picture) ?? { truths: [], found: [] };
      ofClass.set(picture, part);
      return part;
    };
    for (const truth of picture.truths) partOf(truth.category).truths.push(truth);
    for (const box of picture.found) partOf(box.category).found.push(box);
  }
  return [...classes.values()].map((ofClass) => [...ofClass].map(([{ id }, part]) => ({ id, ...part })));
}

/** What became of the detections of one class in one picture. */
interface Matches {
  /** From high to low. */
  readonly scores: readonly number[];
  /** For each overlap, for each detection: 1 right, 0 wrong, −1 does not count. */
  readonly verdicts: readonly (readonly number[])[];
  /** Boxes to be found. */
  readonly countedTruths: number;
}

function matched({ truths, found }: JudgedPicture, { overlaps, range }: PrecisionOptions): Matches {
  const isOutside = (area: number): boolean => area < range[0] || area > range[1];
  const candidates = truths.map((truth) => ({
    truth,
    isIgnored: truth.isCrowd || truth.isIgnored || isOutside(truth.area),
  }));
  // Both sorts are stable, as those of the reference.
  candidates.sort((a, b) => Number(a.isIgnored) - Number(b.isIgnored));
  const best = found.toSorted((a, b) => b.score - a.score).slice(0, mostDetections);
  const shares = best.map((box) => candidates.map(({ truth }) => overlapOf(box, truth, truth.isCrowd)));
  const verdicts = overlaps.map((overlap) => {
    const taken = new Set<number>();
    return best.map((box, index) => {
      const match = bestMatch(shares[index] ?? [], candidates, taken, overlap);
      if (match === undefined) return isOutside(box.width * box.height) ? -1 : 0;
      taken.add(match);
      return candidates[match]?.isIgnored === true ? -1 : 1;
    });
  });
  return {
    scores: best.map(({ score }) => score),
    verdicts,
    countedTruths: candidates.filter(({ isIgnored }) => !isIgnored).length,
  };
}

/** The free box with the largest overlap, the last one of equals; one that is ignored only where no other is met. */
function bestMatch(
  shares: readonly number[],
  candidates: readonly { readonly truth: TrueBox; readonly isIgnored: boolean }[],
  taken: ReadonlySet<number>,
  overlap: number,
): number | undefined {
  let least = Math.min(overlap, 1 - 1e-10);
  let match: number | undefined;
  for (const [index, { truth, isIgnored }] of candidates.entries()) {
    if (taken.has(index) && !truth.isCrowd && !truth.isIgnored) continue;
    if (match !== undefined && candidates[match]?.isIgnored === false && isIgnored) break;
    const share = shares[index] ?? 0;
    if (share < least) continue;
    least = share;
    match = index;
  }
  return match;
}

/** Intersection over union; over a crowd the share of the box that lies in it. */
export function overlapOf(box: PixelRectangle, other: PixelRectangle, isCrowd = false): number {
  const width = Math.min(box.width + box.left, other.width + other.left) - Math.max(box.left, other.left);
  if (width <= 0) return 0;
  const height = Math.min(box.height + box.top, other.height + other.top) - Math.max(box.top, other.top);
  if (height <= 0) return 0;
  const common = width * height;
  const area = box.width * box.height;
  return common / (isCrowd ? area : area + other.width * other.height - common);
}

interface Curve {
  readonly recalls: readonly number[];
  /** The precision that is reached at this recall or a higher one. */
  readonly precisions: readonly number[];
}

/** Undefined where nothing is to be found: the class does not count. */
function curveOf(matches: readonly Matches[], overlap: number, detections: number): Curve | undefined {
  const wanted = matches.reduce((sum, { countedTruths }) => sum + countedTruths, 0);
  if (wanted === 0) return undefined;
  const all = matches.flatMap(({ scores, verdicts }) =>
    scores.slice(0, detections).map((score, index) => ({ score, verdict: verdicts[overlap]?.[index] ?? -1 })),
  );
  all.sort((a, b) => b.score - a.score);
  const recalls: number[] = [];
  const precisions: number[] = [];
  let right = 0;
  let wrong = 0;
  for (const { verdict } of all) {
    if (verdict === 1) right++;
    else if (verdict === 0) wrong++;
    recalls.push(right / wanted);
    precisions.push(right / (wrong + right + Number.EPSILON));
  }
  for (let index = precisions.length - 1; index > 0; index--) {
    precisions[index - 1] = Math.max(precisions[index - 1] ?? 0, precisions[index] ?? 0);
  }
  return { recalls, precisions };
}

/** Precision at so many recalls from 0 to 1; for 0 the one area. */
function precisionsOf({ recalls, precisions }: Curve, points: number): number[] {
  if (points === 0) {
    let before = 0;
    return [
      recalls.reduce((area, recall, index) => {
        const step = recall - before;
        before = recall;
        return area + step * (precisions[index] ?? 0);
      }, 0),
    ];
  }
  let index = 0;
  return Array.from({ length: points }, (_, point) => {
    const wanted = point === points - 1 ? 1 : point * (1 / (points - 1));
    while (index < recalls.length && (recalls[index] ?? 0) < wanted) index++;
    return precisions[index] ?? 0;
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
