// Says for people what a trial does differently.
import type { OpConfig, SearchSpace, TrialConfig } from '../contracts';
import { formIn, quantizedNodes } from './choices';

/** How many names are read before the rest is only counted. */
const namesShown = 3;

/** A change of more parts is only summed up. */
const partsShown = 3;

/** `Conv_12 stays float`, `5 ops stay float: a, b, c and 2 more`. */
export function floatText(nodes: readonly string[]): string {
  if (nodes.length === 1) return `${nodes[0] ?? ''} stays float`;
  return `${nodes.length} ops stay float: ${namesText(nodes)}`;
}

/** `MatMul_3 is 8-bit again`. */
export function requantizedText(node: string): string {
  return `${node} is 8-bit again`;
}

/** What a configuration is as a whole: `12 ops static, 2 float, fast bias correction`. */
export function wholeText(space: SearchSpace, config: TrialConfig): string {
  const modes = space.ops.map(({ node }) => formIn(config, node).mode);
  const counts = (['static', 'dynamic', 'float'] as const)
    .map((mode) => ({ mode, count: modes.filter((one) => one === mode).length }))
    .filter(({ count }) => count > 0)
    .map(({ mode, count }, index) => `${count} ${index > 0 ? '' : count === 1 ? 'op ' : 'ops '}${mode}`);
  return [...counts, ...recipeTexts(config)].join(', ');
}

/** What is different from another configuration of the same space: `per tensor weights; 2 ops stay float: a, b`. */
export function differenceText(space: SearchSpace, base: TrialConfig, config: TrialConfig): string {
  const nodesOfText = new Map<string, string[]>();
  for (const { node } of space.ops) {
    const text = formText(formIn(base, node), formIn(config, node));
    if (text !== '') nodesOfText.set(text, [...(nodesOfText.get(text) ?? []), node]);
  }
  const parts = [...nodesOfText].map(([text, nodes]) => {
    if (text === 'float') return floatText(nodes);
    const who = ownersText(space, base, nodes);
    return who === '' ? text : `${who}: ${text}`;
  });
  if (config.smoothQuantAlpha !== base.smoothQuantAlpha) parts.push(...smoothQuantText(config));
  if (parts.length === 0) return wholeText(space, config);
  if (parts.length <= partsShown) return parts.join('; ');
  const changed = [...nodesOfText.values()].reduce((sum, nodes) => sum + nodes.length, 0);
  return `${changed} ops in other forms: ${parts.slice(0, partsShown - 1).join('; ')} and more`;
}

function namesText(nodes: readonly string[]): string {
  const more = nodes.length - namesShown;
  return nodes.slice(0, namesShown).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Nothing where these are all quantized ops, the type where they are all of it, names otherwise. */
function ownersText(space: SearchSpace, base: TrialConfig, nodes: readonly string[]): string {
  const quantized = new Set(quantizedNodes(space, base));
  const owners = new Set(nodes);
  if (quantized.size === owners.size) return '';
  const types = new Set(space.ops.filter(({ node }) => owners.has(node)).map(({ opType }) => opType));
  const ofTypes = space.ops.filter(({ node, opType }) => types.has(opType) && quantized.has(node));
  return ofTypes.length === owners.size ? [...types].join(', ') : namesText(nodes);
}

/** In words how `to` differs from `from`; empty where it does not. */
function formText(from: OpConfig, to: OpConfig): string {
  if (to.mode === 'float') return from.mode === 'float' ? '' : 'float';
  const parts: string[] = to.mode === from.mode ? [] : [to.mode];
  if (to.mode === 'static') {
    const before = from.mode === 'static' ? from : undefined;
    if (before !== undefined && before.activationScheme !== to.activationScheme) {
      parts.push(to.activationScheme === 'sym' ? 'symmetric activations' : 'asymmetric activations');
    }
    if (before !== undefined && before.activationAlgorithm !== to.activationAlgorithm) {
      parts.push(`${to.activationAlgorithm} calibration`);
    }
  }
  if (from.mode !== 'float' && from.weightGranularity !== to.weightGranularity) {
    parts.push(to.weightGranularity === 'per_tensor' ? 'per tensor weights' : 'per channel weights');
  }
  return parts.join(', ');
}

function recipeTexts(config: TrialConfig): string[] {
  return [
    ...(config.equalization ? ['equalization'] : []),
    ...smoothQuantText(config),
    ...(config.fastBiasCorrection ? ['fast bias correction'] : []),
    ...(config.fullBiasCorrection === true ? ['full bias correction'] : []),
    ...(config.weightCorrection ? ['weight correction'] : []),
  ];
}

function smoothQuantText({ smoothQuantAlpha }: TrialConfig): string[] {
  return smoothQuantAlpha === null ? [] : [`SmoothQuant ${smoothQuantAlpha}`];
}
