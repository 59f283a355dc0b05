// What the store of the bench costs, on 1,000 projects with 10,000 runs, and whether eight writers lose anything.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openStore } from '../../src/store/openStore';
import { recordKinds, runnableKinds } from '../../src/store/records';
import type { Store } from '../../src/store/store';
import type { WriterLine } from '../fixtures/processes/storeWriter';
import { modelDraft, projectDraft } from '../store/drafts';
import { root } from './commands';
import { projectCount, runCount, writeLargeBench } from './storeBench';
import { megabytes, milliseconds, printTable, verdict } from './tables';

/** Questions that 50 clients of a server ask at once. */
const parallelClients = 50;
const writers = 8;
const writeForMs = 10_000;

/** A row of the table: what, how long, how long at most. */
type Row = readonly [string, string, string, string];

export async function benchStore(): Promise<void> {
  const workspace = mkdtempSync(join(tmpdir(), 'compressor-bench-store-'));
  try {
    writeLargeBench(workspace);
    // What was changed in the last two seconds is read again with every question: a bench at rest is measured.
    await setTimeout(2500);
    const rows = [...(await coldRows(workspace)), ...(await warmRows(workspace)), ...(await writingRows(workspace))];
    printTable(
      `Store: ${projectCount} projects with ${runCount} runs (median; the slowest of a hundred in brackets)`,
      ['question', 'figure', 'goal', ''],
      rows,
    );
  } finally {
    rmSync(workspace, { recursive: true });
  }
  await benchWriters();
}

/** The first questions of a process. */
async function coldRows(workspace: string): Promise<Row[]> {
  const rssBefore = process.memoryUsage().rss;
  await using store = await openStore(workspace);
  const used = process.cpuUsage();
  const projectsMs = await elapsedMs(() => store.list('project'));
  const allMs = await elapsedMs(() => everything(store));
  const { user, system } = process.cpuUsage(used);
  const rss = process.memoryUsage().rss - rssBefore;
  return [
    ['cold: list of projects', milliseconds(projectsMs), '', ''],
    row('cold rebuild: all records, newest runs', projectsMs + allMs, 2000),
    ['  CPU time of it', milliseconds((user + system) / 1000), '', ''],
    ['memory of the index and all records', megabytes(rss), '', ''],
  ];
}

async function everything(store: Store): Promise<void> {
  for (const kind of recordKinds) await store.list(kind);
  for (const kind of runnableKinds) await store.newestRuns(kind);
}

async function warmRows(workspace: string): Promise<Row[]> {
  await using store = await openStore(workspace);
  await everything(store);
  const details = async (id: number): Promise<void> => {
    const filter = { projectId: id };
    await Promise.all([store.find('project', id), ...recordKinds.slice(1).map((kind) => store.list(kind, filter))]);
    await Promise.all(runnableKinds.map((kind) => store.newestRuns(kind, filter)));
  };
  const shared = (): Promise<unknown> =>
    Promise.all(Array.from({ length: parallelClients }, () => store.list('project')));
  const used = process.cpuUsage();
  const sharedTimes = await timesOf(100, shared);
  const { user, system } = process.cpuUsage(used);
  return [
    rowOf('list of projects', await timesOf(100, () => store.list('project')), 50),
    rowOf(`the same asked by ${parallelClients} at once, for all`, sharedTimes, 100),
    ['  CPU time for each of them', milliseconds((user + system) / 1000 / 100 / parallelClients), '', ''],
    rowOf('details: a project, its parts and newest runs', await timesOf(100, (turn) => details(1 + turn * 7)), 10),
    rowOf('one record by its id', await timesOf(100, (turn) => store.find('benchmark', 1 + turn * 7)), 10),
    rowOf('newest run of every benchmark', await timesOf(20, () => store.newestRuns('benchmark'))),
  ];
}

/** Everything that is promised has been synced. */
async function writingRows(workspace: string): Promise<Row[]> {
  await using store = await openStore(workspace);
  await everything(store);
  return [
    rowOf('create a project', await timesOf(50, () => store.create('project', projectDraft('new'))), 20),
    rowOf('create a model', await timesOf(50, () => store.create('model', modelDraft(1))), 20),
    rowOf('edit a project', await timesOf(50, () => store.edit('project', 1, () => ({ notes: 'new' }))), 20),
    rowOf('make a run folder', await timesOf(50, () => store.createRunFolder('benchmark', 1)), 20),
  ];
}

async function benchWriters(): Promise<void> {
  const workspace = mkdtempSync(join(tmpdir(), 'compressor-bench-writers-'));
  try {
    await using store = await openStore(workspace);
    await store.create('project', { ...projectDraft('counter'), notes: '0' });
    const told = (await Promise.all(Array.from({ length: writers }, () => linesOfWriter(workspace)))).flat();
    const ids = told.flatMap((line) => ('created' in line ? [line.created] : []));
    const counts = told.flatMap((line) => ('counted' in line ? [line.counted] : []));
    const found = (await store.list('project')).map(({ id }) => id);
    const lost = ids.filter((id) => !found.includes(id)).length + Math.abs(counts.length - Math.max(0, ...counts));
    const doubled = ids.length - new Set(ids).size + (counts.length - new Set(counts).size);
    const problems = (await store.problems()).length;
    const left = readdirSync((await store.folderOf('project', 1)) ?? '').length - 1;
    printTable(
      `Store: ${writers} processes that write to one bench for ${writeForMs / 1000} s`,
      ['what', 'figure', 'goal', ''],
      [
        ['projects made', String(ids.length), '', ''],
        ['edits of one and the same project', String(counts.length), '', ''],
        ['lost', String(lost), '0', verdict(lost, 0)],
        ['ids or versions given twice', String(doubled), '0', verdict(doubled, 0)],
        ['problems and files left behind', String(problems + left), '0', verdict(problems + left, 0)],
      ],
    );
  } finally {
    rmSync(workspace, { recursive: true });
  }
}

/** What a writer promised in its time. */
async function linesOfWriter(workspace: string): Promise<WriterLine[]> {
  const program = resolve(root, '.test-tools/bench/storeWriter.js');
  const child = spawn(process.execPath, [program, workspace], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise((done) => child.once('close', done));
  await setTimeout(writeForMs);
  child.kill('SIGTERM');
  await ended;
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as WriterLine);
}

async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function timesOf(count: number, work: (turn: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < count; turn++) times.push(await elapsedMs(() => work(turn)));
  return times;
}

function rowOf(name: string, times: readonly number[], goalMs?: number): Row {
  const sorted = [...times].sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? NaN;
  const slowest = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? NaN;
  const figure = `${milliseconds(median)} (${milliseconds(slowest)})`;
  return goalMs === undefined ? [name, figure, '', ''] : [name, figure, `≤ ${goalMs} ms`, verdict(median, goalMs)];
}

function row(name: string, ms: number, goalMs: number): Row {
  return [name, milliseconds(ms), `≤ ${goalMs} ms`, verdict(ms, goalMs)];
}
