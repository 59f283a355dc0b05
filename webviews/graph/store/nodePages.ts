// The nodes of a model that match a text, fetched a page at a time when they are looked at.
import { nodesMethod } from '../../../src/protocol/panels/graph';
import type { NodeRow } from '../../../src/protocol/panels/graph';
import { host } from '../../kit/host';

const pageSize = 200;

/** One list of nodes. For another text there is another list. */
export class NodePages {
  /** Undefined until the first answer. */
  total: number | undefined;
  /** Inputs and outputs of the model among them. */
  ports = 0;
  private readonly rows = new Map<number, NodeRow>();
  private readonly asked = new Map<number, Promise<void>>();

  constructor(
    readonly path: string,
    readonly text: string,
    private readonly changed: () => void,
  ) {}

  /** A row that has been fetched. */
  at(index: number): NodeRow | undefined {
    return this.rows.get(index);
  }

  /** Fetches what is missing of some rows; calls back when something has come. */
  async need(first: number, last: number): Promise<void> {
    const pages: Promise<void>[] = [];
    const end = Math.min(last, (this.total ?? pageSize) - 1);
    for (let page = Math.floor(Math.max(0, first) / pageSize); page <= Math.floor(end / pageSize); page++) {
      pages.push(this.fetch(page));
    }
    await Promise.all(pages);
  }

  private fetch(page: number): Promise<void> {
    const running = this.asked.get(page) ?? this.ask(page);
    this.asked.set(page, running);
    return running;
  }

  private async ask(page: number): Promise<void> {
    const { path, text } = this;
    try {
      const { total, ports, rows } = await host.request(nodesMethod, {
        path,
        text,
        offset: page * pageSize,
        count: pageSize,
      });
      this.total = total;
      this.ports = ports;
      rows.forEach((row, index) => this.rows.set(page * pageSize + index, row));
    } catch {
      // The picture says what is wrong with the file; the list is asked again with it.
      this.total ??= 0;
      this.asked.delete(page);
    }
    this.changed();
  }
}
