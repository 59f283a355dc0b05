// The panel of benchmarks side by side: its questions go to the bench, runs and files to the editor.
import {
  benchmarksFileMethod,
  benchmarksReportMethod,
  formatIn,
  readBenchmarksRequest,
  readBenchmarksSubject,
} from '../../protocol/panels/benchmarks';
import type { BenchmarksReport, BenchmarksSubject, ExportFormat } from '../../protocol/panels/benchmarks';
import { partsMethod } from '../../protocol/facts';
import { idIn } from '../../protocol/methods';
import { recordOf } from '../../protocol/rpcMessages';
import type { BenchConnection } from '../bench/benchConnection';
import { explain } from '../commands/explaining';
import { givenNodes } from '../commands/given';
import { pickBenchmarks } from '../commands/pickParts';
import { registerCommand } from '../commands/registerCommand';
import type { Contribution } from '../contributions';
import type { Services } from '../services';
import type { BenchmarkNode } from '../tree/nodes';
import { runOn } from './panelNodes';
import { answerReport, servePage } from './panelPage';
import type { PanelActions } from './panelPage';
import type { PanelKind } from './panels';
import { saveContent } from './saveAnswer';

/** Served by the suites in the extension host, too. */
export const benchmarksPanel: PanelKind<BenchmarksSubject> = {
  viewType: 'compressorBench.benchmarks',
  bundle: 'benchmarks',
  icon: 'dashboard',
  title: () => 'Benchmarks',
  readSubject: readBenchmarksSubject,
  serve: (open) => {
    const { peer, bench, subject } = open;
    answerReport(open, benchmarksReportMethod, (report, { ids }) => titleOf(report, ids));
    const hears = ({ kind }: { readonly kind: string }): boolean => kind === 'benchmark';
    return servePage({ peer, bench, actions: actionsOf(bench, subject), hears }, []);
  },
};

/** The name of the only benchmark, or of the project and how many there are. */
function titleOf({ projectName, choices }: BenchmarksReport, ids: readonly number[]): string {
  const shown = choices.filter(({ id }) => ids.includes(id));
  const [first] = shown;
  return shown.length === 1 && first !== undefined ? first.name : `${projectName}: ${shown.length} Benchmarks`;
}

/** What the buttons of a page do with one benchmark. */
const onOne = ['run', 'cancel', 'openLog'] as const;

function actionsOf(bench: BenchConnection, { projectId }: BenchmarksSubject): PanelActions {
  const nodeOf = async (value: unknown): Promise<BenchmarkNode> => {
    const id = idIn(recordOf(value, 'the benchmark'), 'id');
    const { benchmarks } = await bench.ask(partsMethod, { id: projectId });
    const facts = benchmarks.find((one) => one.id === id);
    if (facts === undefined) throw new Error(`The benchmark ${id} is not there any more.`);
    return { kind: 'benchmark', bench, facts };
  };
  return {
    ...Object.fromEntries(
      onOne.map((name) => [name, async (value: unknown) => runOn(`benchmark.${name}`, await nodeOf(value))]),
    ),
    add: async () => {
      const { project } = await bench.ask(partsMethod, { id: projectId });
      await runOn('benchmark.new', { kind: 'project', bench, facts: project });
    },
    save: (value) => save(bench, value),
  };
}

const filters: Readonly<Record<ExportFormat, Record<string, string[]>>> = {
  csv: { CSV: ['csv'] },
  json: { JSON: ['json'] },
};

/** Saves what the page shows where the person says, and shows it. */
async function save(bench: BenchConnection, value: unknown): Promise<void> {
  const request = { ...readBenchmarksRequest(value), format: formatIn(recordOf(value, 'the parameters')) };
  const text = await bench.ask(benchmarksFileMethod, request);
  await saveContent(
    bench,
    { text },
    {
      name: `benchmarks.${request.format}`,
      title: 'Save Compared Benchmarks',
      filters: filters[request.format],
    },
  );
}

/** Shows benchmarks of one project; says so where they are of several. */
function showBenchmarks({ panels }: Services, nodes: readonly BenchmarkNode[]): void {
  const [first] = nodes;
  if (first === undefined) return;
  const { bench } = first;
  const { projectId } = first.facts;
  if (nodes.some((node) => node.bench !== bench || node.facts.projectId !== projectId)) {
    explain('Benchmarks are compared within one project: choose those of one.');
    return;
  }
  // In one order, so that the same choice is the same panel.
  const ids = nodes.map(({ facts }) => facts.id).sort((one, other) => one - other);
  panels.show(benchmarksPanel, { bench: bench.folder.uri.toString(), projectId, ids });
}

/** The panel, and the command that shows it. */
export const registerBenchmarksPanel: Contribution = (services) => {
  services.panels.register(benchmarksPanel);
  return registerCommand('benchmark.compare', async (given) => {
    const nodes = givenNodes(given, 'benchmark');
    const picked = nodes.length > 0 ? nodes : await pickBenchmarks(services, { title: 'Compare Benchmarks' });
    showBenchmarks(services, picked ?? []);
  });
};
