// What lies at which height of the picture: bands of equal height, each with what reaches into it.
import { at } from '../layout/layoutTypes';

/** About so many bands, however high the picture is. */
const mostBands = 4000;
const lowestBand = 300;
/** What reaches over more bands than this is looked at every time instead. */
const longSpan = 40;

/** Finds what lies between two heights without looking at everything. */
export class Bands {
  private readonly bandHeight: number;
  private readonly starts: Uint32Array;
  private readonly members: Uint32Array;
  private readonly long: number[] = [];
  /** When each thing was found last: what lies in two bands is found once. */
  private readonly found: Uint32Array;
  private query = 0;

  /** @param spanOf top and bottom of a thing */
  constructor(count: number, height: number, spanOf: (index: number) => readonly [number, number]) {
    this.bandHeight = Math.max(lowestBand, height / mostBands);
    const bands = Math.ceil(height / this.bandHeight) + 1;
    this.starts = new Uint32Array(bands + 1);
    this.found = new Uint32Array(count);
    const spans = Array.from({ length: count }, (_, index) => this.bandsOf(spanOf(index), bands));
    spans.forEach(([first, last], index) => {
      if (last - first > longSpan) this.long.push(index);
      else for (let band = first; band <= last; band++) this.starts[band + 1] = at(this.starts, band + 1) + 1;
    });
    for (let band = 0; band < bands; band++) {
      this.starts[band + 1] = at(this.starts, band + 1) + at(this.starts, band);
    }
    this.members = new Uint32Array(at(this.starts, bands));
    const next = this.starts.slice();
    spans.forEach(([first, last], index) => {
      if (last - first > longSpan) return;
      for (let band = first; band <= last; band++) {
        this.members[at(next, band)] = index;
        next[band] = at(next, band) + 1;
      }
    });
  }

  /** Calls back for each thing that may reach between two heights. */
  between(top: number, bottom: number, found: (index: number) => void): void {
    this.query++;
    const bands = this.starts.length - 1;
    const [first, last] = this.bandsOf([top, bottom], bands);
    for (const index of this.long) found(index);
    for (let place = at(this.starts, first); place < at(this.starts, last + 1); place++) {
      const index = at(this.members, place);
      if (this.found[index] === this.query) continue;
      this.found[index] = this.query;
      found(index);
    }
  }

  private bandsOf([top, bottom]: readonly [number, number], bands: number): readonly [number, number] {
    const bandAt = (y: number): number => Math.min(bands - 1, Math.max(0, Math.floor(y / this.bandHeight)));
    return [bandAt(top), bandAt(bottom)];
  }
}
