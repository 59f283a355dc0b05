// Makes the large bench the store's figures are taken on: 1,000 projects with 10,000 runs, written as plain files.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchmarkDraft, datasetDraft, modelDraft, optimizationDraft } from '../store/drafts';

export const projectCount = 1000;
const runsPerRecord = 5;
/** Runs of an optimization and of a benchmark. */
export const runCount = projectCount * 2 * runsPerRecord;

const times = { createdAt: '2026-11-20T12:00:00.000Z', modifiedAt: null };

/** Makes the bench in an empty workspace. */
export function writeLargeBench(workspace: string): void {
  const bench = join(workspace, '.compressor-bench');
  mkdirSync(bench);
  writeFileSync(join(bench, 'bench.json'), '{"schemaVersion":1}\n');
  for (let id = 1; id <= projectCount; id++) {
    const project = join(bench, 'projects', `${id}-project-${id}`);
    writeRecord(join(project, 'project.json'), id, { name: `project ${id}`, uuid: String(id), notes: null });
    writeRecord(join(project, 'models', `${id}.json`), id, modelDraft(id));
    writeRecord(join(project, 'datasets', `${id}-dummy`, 'dataset.json'), id, datasetDraft(id));
    const optimization = join(project, 'optimizations', `${id}-int8`);
    writeRecord(join(optimization, 'optimization.json'), id, optimizationDraft(id, id, id));
    const benchmark = join(project, 'benchmarks', `${id}-speed`);
    writeRecord(join(benchmark, 'benchmark.json'), id, { ...benchmarkDraft(id, id), datasetId: id });
    for (const record of [optimization, benchmark]) writeRuns(record);
  }
}

function writeRecord(file: string, id: number, draft: object): void {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ id, version: 1, ...draft, ...times }, undefined, 2)}\n`);
}

function writeRuns(record: string): void {
  for (let run = 1; run <= runsPerRecord; run++) {
    const folder = join(record, 'runs', `2026-11-20T12-00-0${run}-000`);
    mkdirSync(folder, { recursive: true });
    const time = `2026-11-20T12:00:0${run}.000Z`;
    const lines = [
      { time, state: 'queued', requestId: null },
      { time, state: 'running' },
      { time, state: 'success' },
    ];
    writeFileSync(join(folder, 'run.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
}
