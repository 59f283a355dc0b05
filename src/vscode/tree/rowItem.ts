// Rows as the editor draws them.
import { MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri } from 'vscode';
import { failureRecordOf } from '../../protocol/benchError';
import type { ProjectParts } from '../../protocol/facts';
import type { BenchConnection } from '../bench/benchConnection';
import { settingCode } from '../bench/benchSettingErrors';
import { openSettingCommand } from '../settings';
import type { BenchNode, GroupNode, PartNode, ProblemNode } from './nodes';
import { openBenchRow } from './openRow';
import { partsOfKind } from './partNodes';
import { contextOf, isPinned, partContext } from './rowContext';
import { joined, lineText } from './rowFormat';
import { problemLabel, problemText } from './rowText';
import { folderIcon, partIcons, problemIcon, projectIcon, runIcon } from './rowIcons';
import type { RowIcon } from './rowIcons';
import {
  benchmarkDescription,
  datasetDescription,
  groupDescription,
  groupLabels,
  modelDescription,
  optimizationDescription,
  partNouns,
  profilingDescription,
  sensitivityDescription,
} from './rowText';
import { markdownOf } from './rowTooltip';
import type { Tooltip } from './rowTooltip';
import { stateText } from './runText';
import type { LiveProgress } from './runText';

/** What is known beside the node. */
export interface RowKnowledge {
  /** Of its project; undefined while that is closed. */
  readonly parts: ProjectParts | undefined;
  /** How far its run is. */
  readonly live: LiveProgress | undefined;
  /** Whether it is the only project there is. */
  readonly isOnly: boolean;
}

/** The row of a node, without its tooltip. */
export function rowItem(node: BenchNode, knowledge: RowKnowledge): TreeItem {
  switch (node.kind) {
    case 'folder':
      return described(openable(node.bench.folder.name, true), folderIcon, contextOf('folder'));
    case 'project': {
      const item = openable(lineText(node.facts.name), knowledge.isOnly);
      return described(item, projectIcon, contextOf('project'));
    }
    case 'group':
      return groupItem(node, knowledge);
    case 'problem':
      return problemItem(node);
    default:
      return partItem(node, knowledge);
  }
}

/** The icon of the editor. */
export function themeIcon({ id, color }: RowIcon): ThemeIcon {
  return color === undefined ? new ThemeIcon(id) : new ThemeIcon(id, new ThemeColor(color));
}

/** A tooltip in which nothing but our own words is Markdown. */
export function tooltipMarkdown(tooltip: Tooltip): MarkdownString {
  const markdown = new MarkdownString(markdownOf(tooltip), false);
  markdown.isTrusted = false;
  markdown.supportHtml = false;
  return markdown;
}

function described(item: TreeItem, icon: RowIcon, context: string): TreeItem {
  item.iconPath = themeIcon(icon);
  item.contextValue = context;
  return item;
}

function openable(label: string, isOpen: boolean): TreeItem {
  return new TreeItem(label, isOpen ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed);
}

/** The row of a whole bench that cannot be read. */
export function benchProblem(bench: BenchConnection, thrown: unknown): ProblemNode {
  const { code, message, nextStep, place } = failureRecordOf(thrown);
  const facts = { path: bench.place.workspace, message: [message, nextStep ?? ''].join(' ').trim() };
  return { kind: 'problem', bench, facts, setting: code === settingCode ? place : undefined };
}

/** What cannot be read; its file can be opened, or the setting that is wrong. */
export function problemItem({ bench, facts, setting }: ProblemNode): TreeItem {
  const isFile = facts.path !== bench.place.workspace;
  const item = new TreeItem(isFile ? problemLabel(facts) : bench.folder.name);
  item.description = isFile ? problemText(facts) : facts.message;
  item.tooltip = facts.message;
  if (isFile) item.command = { title: 'Open File', command: 'vscode.open', arguments: [Uri.file(facts.path)] };
  if (setting !== undefined) item.command = openSettingCommand(setting);
  return described(item, problemIcon, contextOf('problem'));
}

/** More things than this are shown when somebody opens their group. */
const mostShownAtOnce = 20;

function groupItem({ part }: GroupNode, { parts }: RowKnowledge): TreeItem {
  const count = parts === undefined ? 0 : partsOfKind(parts, part).length;
  const item = count === 0 ? new TreeItem(groupLabels[part]) : openable(groupLabels[part], count <= mostShownAtOnce);
  if (parts !== undefined) item.description = groupDescription(parts, part);
  return described(item, partIcons[part], contextOf(`${part}Group`));
}

function partItem(node: PartNode, { parts, live }: RowKnowledge): TreeItem {
  const item = new TreeItem(lineText(node.facts.name));
  item.description = partDescription(node, parts, live);
  const state = 'run' in node.facts ? stateText(node.facts.run) : '';
  item.accessibilityInformation = {
    label: joined(
      `${partNouns[node.kind]} ${lineText(node.facts.name)}`,
      state !== item.description && state,
      item.description,
    ).replaceAll(' · ', ', '),
  };
  item.command = openBenchRow;
  return described(item, partIcon(node), parts === undefined ? contextOf(node.kind) : partContext(node, parts));
}

/** The key figures of a thing, beside its name. */
export function partDescription(
  node: PartNode,
  parts: ProjectParts | undefined,
  live: LiveProgress | undefined,
): string {
  switch (node.kind) {
    case 'model':
      return modelDescription(node.facts);
    case 'dataset':
      return datasetDescription(node.facts);
    case 'optimization':
      return optimizationDescription(node.facts, live);
    case 'benchmark':
      return benchmarkDescription(node.facts, live, parts !== undefined && isPinned(node.facts, parts));
    case 'profiling':
      return profilingDescription(node.facts, live);
    case 'sensitivity':
      return sensitivityDescription(node.facts, live);
  }
}

function partIcon(node: PartNode): RowIcon {
  if (node.kind === 'model') return node.facts.isPresent ? partIcons.model : problemIcon;
  return node.kind === 'dataset' ? partIcons.dataset : runIcon(node.facts.run);
}
