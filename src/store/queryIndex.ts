// The index for questions over many files: where the record of each id lies. In memory, made of the files, never the only
// copy of anything.
import type { BindParams, Database } from 'sql.js';
import type { DoubledId, Place, RecordIndex } from './recordIndex';
import type { RecordKind } from './records';
import type { Entry, Shelf } from './shelf';
import { sqlEngine } from './sqlEngine';

const schema = `
  CREATE TABLE record (
    shelf INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, id INTEGER NOT NULL, project INTEGER,
    created TEXT NOT NULL, path TEXT NOT NULL,
    PRIMARY KEY (shelf, name)
  ) WITHOUT ROWID;
  CREATE INDEX by_id ON record (kind, id, created, path);
  CREATE INDEX by_project ON record (kind, project, id);
`;

/** Whoever opens it closes it (`using`). */
export class QueryIndex implements RecordIndex, Disposable {
  private readonly numbers = new Map<Shelf, number>();
  private readonly shelves = new Map<number, Shelf>();
  private lastNumber = 0;
  private readonly generations = new Map<RecordKind, number>();

  private constructor(private readonly database: Database) {
    database.run(schema);
  }

  static async open(): Promise<QueryIndex> {
    const { Database } = await sqlEngine();
    return new QueryIndex(new Database());
  }

  generation(kind: RecordKind): number {
    return this.generations.get(kind) ?? 0;
  }

  update(shelves: Iterable<Shelf>): void {
    const places: [number, string][] = [];
    const rows: unknown[][] = [];
    for (const shelf of shelves) {
      const changed = shelf.takeChanges();
      // Another question may have found out meanwhile that it is gone.
      if (changed.size === 0 || shelf.isGone) continue;
      this.generations.set(shelf.kind, this.generation(shelf.kind) + 1);
      const number = this.numberOf(shelf);
      for (const name of changed) {
        places.push([number, name]);
        const entry = shelf.entry(name);
        if (entry?.record !== undefined) rows.push([number, name, ...columnsOf(entry, entry.record.createdAt)]);
      }
    }
    if (places.length > 0) this.write(places, rows);
  }

  /** Forgets shelves that are gone. */
  drop(shelves: Iterable<Shelf>): void {
    for (const shelf of shelves) {
      const number = this.numbers.get(shelf);
      if (number === undefined) continue;
      this.generations.set(shelf.kind, this.generation(shelf.kind) + 1);
      this.database.run('DELETE FROM record WHERE shelf = ?', [number]);
      this.numbers.delete(shelf);
      this.shelves.delete(number);
    }
  }

  list(kind: RecordKind, projectId?: number): Entry[] {
    const values: BindParams = projectId === undefined ? [kind] : [kind, projectId];
    const places = this.places(listSql(projectId === undefined ? '' : 'AND project = ?'), values);
    return places.flatMap(({ shelf, name }) => shelf.entry(name) ?? []);
  }

  locate(kind: RecordKind, id: number): Place | undefined {
    const sql =
      'SELECT json_array(json_array(shelf, name)) FROM record WHERE kind = ? AND id = ? ORDER BY created, path LIMIT 1';
    return this.places(sql, [kind, id])[0];
  }

  doubled(kind: RecordKind): DoubledId[] {
    const sql = `SELECT json_group_array(json_array(id, places)) FROM (
      SELECT id, json_group_array(json_array(shelf, name) ORDER BY created, path) AS places
      FROM record WHERE kind = ? GROUP BY id HAVING count(*) > 1)`;
    const found = this.json(sql, [kind]) as [number, string][];
    return found.map(([id, places]) => ({
      kind,
      id,
      places: (JSON.parse(places) as [number, string][]).flatMap(([shelf, name]) => this.place(shelf, name)),
    }));
  }

  [Symbol.dispose](): void {
    this.database.close();
  }

  private write(places: readonly [number, string][], rows: readonly unknown[][]): void {
    // One statement for all rows: each call into WebAssembly costs more than a row does.
    this.database.run('BEGIN');
    this.database.run(`DELETE FROM record WHERE (shelf, name) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))`, [
      JSON.stringify(places),
    ]);
    const columns = [0, 1, 2, 3, 4, 5, 6].map((column) => `value ->> ${column}`).join(', ');
    this.database.run(`INSERT INTO record SELECT ${columns} FROM json_each(?)`, [JSON.stringify(rows)]);
    this.database.run('COMMIT');
  }

  private numberOf(shelf: Shelf): number {
    const known = this.numbers.get(shelf);
    if (known !== undefined) return known;
    const number = (this.lastNumber += 1);
    this.numbers.set(shelf, number);
    this.shelves.set(number, shelf);
    return number;
  }

  private places(sql: string, values: BindParams): Place[] {
    const places = this.json(sql, values) as [number, string][];
    return places.flatMap(([shelf, name]) => this.place(shelf, name));
  }

  private place(number: number, name: string): Place[] {
    const shelf = this.shelves.get(number);
    return shelf === undefined ? [] : [{ shelf, name }];
  }

  /** The one value a query answers with, parsed. */
  private json(sql: string, values: BindParams): unknown {
    const text = this.database.exec(sql, values)[0]?.values[0]?.[0];
    return typeof text === 'string' ? JSON.parse(text) : [];
  }
}

/** One of those with the same id: the eldest. */
function listSql(andWhere: string): string {
  return `SELECT json_group_array(json_array(shelf, name) ORDER BY id) FROM record AS one
    WHERE kind = ? ${andWhere} AND NOT EXISTS (
      SELECT 1 FROM record AS other
      WHERE other.kind = one.kind AND other.id = one.id AND (other.created, other.path) < (one.created, one.path)
    )`;
}

function columnsOf(entry: Entry, created: string): unknown[] {
  return [entry.kind, entry.id, entry.projectId ?? null, created, entry.path];
}
