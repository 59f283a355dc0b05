// Runs the suites of test/host inside VS Code, once in each kind of folder, and counts what came of them.
// With VSCODE_EXECUTABLE set it is that desktop VS Code; else code-server and a headless browser stand in for it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { benchFolder, emptyFolder, twoFolders, yamlStandIn } from './fixtures';
import { hostEnvironment, workspaceKinds } from './hostEnvironment';
import type { ReportLine, WorkspaceKind } from './hostEnvironment';
import { hostFolder, root } from './installed';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const desktop = process.env['VSCODE_EXECUTABLE'];

async function main(): Promise<void> {
  const only = process.argv.slice(2);
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const kind of workspaceKinds) {
    // What is different with several folders is in one file; the others need no further window.
    if (kind === 'folders' && only.length > 0 && !only.includes('folders')) continue;
    if (kind === 'untrusted' && desktop !== undefined) {
      console.log('- suites in a folder that is not trusted: skipped, @vscode/test-electron trusts every folder');
      counts.skipped++;
      continue;
    }
    add(counts, await runIn(kind, kind === 'folders' ? ['folders'] : only));
  }
  writeFileSync(join(hostFolder, 'counts.json'), JSON.stringify(counts));
  process.exitCode = counts.failed === 0 ? 0 : 1;
}

/** Opens a folder of a kind in a new window and runs the suites in it. */
async function runIn(kind: WorkspaceKind, only: readonly string[]): Promise<Counts> {
  const startedAt = performance.now();
  const report = join(hostFolder, `${kind}.jsonl`);
  writeFileSync(report, '');
  const folder = kind === 'empty' || kind === 'folders' ? emptyFolder() : benchFolder();
  const opened = kind === 'folders' ? twoFolders(folder) : folder;
  const profile = emptyFolder();
  const extensions = join(profile, 'extensions');
  mkdirSync(extensions);
  if (kind === 'folders') yamlStandIn(extensions);
  let trouble: string | undefined;
  try {
    await runTests({
      vscodeExecutablePath: desktop ?? join(hostFolder, 'vscode'),
      extensionDevelopmentPath: root,
      extensionTestsPath: join(hostFolder, 'mochaRun.js'),
      launchArgs: [opened, `--user-data-dir=${join(profile, 'user')}`, `--extensions-dir=${extensions}`],
      extensionTestsEnv: {
        [hostEnvironment.workspace]: kind,
        [hostEnvironment.report]: report,
        [hostEnvironment.only]: only.join(','),
      },
    });
  } catch (thrown) {
    trouble = String(thrown);
  } finally {
    for (const made of [folder, profile])
      rmSync(made, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  const lines = readLines(report);
  printFailures(kind, lines);
  const count = (state: string): number => lines.filter((line) => line.state === state).length;
  const counts = { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
  const isWhole = lines.at(-1)?.state === 'ended' && (trouble === undefined || counts.failed > 0);
  if (!isWhole) {
    console.log(`✗ suites in VS Code (${kind}) did not come to their end: ${trouble ?? 'no reason given'}`);
    counts.failed++;
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${counts.failed === 0 ? '✓' : '✗'} in VS Code, folder ${kind}: ${textOf(counts)} (${seconds} s)`);
  return counts;
}

function readLines(path: string): ReportLine[] {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as ReportLine);
}

function printFailures(kind: WorkspaceKind, lines: readonly ReportLine[]): void {
  for (const line of lines) {
    if (line.state === 'failed') console.log(`✗ ${kind}: ${line.title}\n${line.text ?? ''}\n`);
    else if (line.state === 'skipped' && line.text !== undefined) console.log(`- ${kind}: ${line.title}: ${line.text}`);
  }
}

function add(sum: Counts, more: Counts): void {
  sum.passed += more.passed;
  sum.failed += more.failed;
  sum.skipped += more.skipped;
}

function textOf({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

void main();
