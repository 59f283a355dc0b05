// Counts the boxes of a model whose class is none of the data set's: the sign of classes that are numbered in another way.
import type { Category } from '../../data/detectionLabel';
import type { ClassNumbers } from './categories';

/** What a model calls its classes is seen in its boxes alone, so a mistake shows as an accuracy near 0. */
export class ForeignClasses {
  private all = 0;
  private foreign = 0;
  private first = 0;
  private classes = 0;
  private known: { readonly of: readonly Category[]; readonly ids: ReadonlySet<number> } | undefined;

  /** @param category what `class_numbers` made of the class of a box; undefined for none */
  count(classNumber: number, category: number | undefined, categories: readonly Category[]): void {
    if (this.known?.of !== categories) this.known = { of: categories, ids: new Set(categories.map(({ id }) => id)) };
    this.all += 1;
    if (category !== undefined && this.known.ids.has(category)) return;
    if (this.foreign === 0) this.first = classNumber;
    this.foreign += 1;
    this.classes = categories.length;
  }

  notes(means: ClassNumbers): readonly string[] {
    if (this.foreign === 0) return [];
    const some = `${this.foreign} of the ${this.all} boxes that the model gives are of none of the ${this.classes} classes of the labels`;
    return [
      `${some} (such as ${this.first}): class_numbers is ${means}; where the model counts in another way, set it to ` +
        `${(['id', 'index', 'index_from_1'] as const).filter((each) => each !== means).join(' or ')}, or name its classes with anno_path.`,
    ];
  }

  reset(): void {
    this.all = 0;
    this.foreign = 0;
  }
}
