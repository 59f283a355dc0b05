// Plain values of config.yaml with the coercions of SYSTEMS §2: percentages, and lists written as text.
import type { ConfigValueType } from '../dictionary/tuningKeys/configKey';
import { typeText, valueOf } from './checkParameters';
import type { YamlTree } from './yamlTree';

/**
 * The checked value, or undefined when the tree does not fit the type.
 *
 * @param folder what relative paths start from
 */
export function configValueOf(tree: YamlTree, type: ConfigValueType, folder: string): unknown {
  switch (type.kind) {
    case 'percent': {
      const value = percentOf(tree);
      if (value === undefined || value <= (type.above ?? -Infinity) || value >= (type.below ?? Infinity)) {
        return undefined;
      }
      return value;
    }
    case 'list':
      return valueOf(splitText(tree, type.of.kind), type, folder);
    case 'either':
      for (const member of type.of) {
        const value = configValueOf(tree, member, folder);
        if (value !== undefined) return value;
      }
      return undefined;
    default:
      return valueOf(tree, type, folder);
  }
}

/** What a type allows, in words. */
export function configTypeText(type: ConfigValueType): string {
  if (type.kind !== 'percent') return typeText(type);
  const bounds = type.above === undefined || type.below === undefined ? '' : ` between ${type.above} and ${type.below}`;
  return `a number or a percentage such as 1%${bounds}`;
}

/** `0.01`, `1%` and `"0.01"` are the same. */
function percentOf(tree: YamlTree): number | undefined {
  if (tree.kind !== 'scalar') return undefined;
  if (typeof tree.value === 'number') return Number.isFinite(tree.value) ? tree.value : undefined;
  if (typeof tree.value !== 'string') return undefined;
  const match = /^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*(%?)\s*$/i.exec(tree.value);
  if (match === null) return undefined;
  const value = Number(match[1]) / (match[2] === '%' ? 100 : 1);
  return Number.isFinite(value) ? value : undefined;
}

/** Text as a list: at its commas, without any at its blanks; `(1, 2)` as Python writes it, too. */
function splitText(tree: YamlTree, elementKind: ConfigValueType['kind']): YamlTree {
  if (tree.kind !== 'scalar' || typeof tree.value !== 'string') return tree;
  const { position } = tree;
  const text = tree.value.trim().replace(/^([[(])(.*)[\])]$/s, '$2');
  const words = text.includes(',') ? text.split(',').map((word) => word.trim()) : text.split(/\s+/);
  if (words.at(-1) === '') words.pop();
  return {
    kind: 'list',
    position,
    items: words.map((word) => ({ kind: 'scalar', value: wordOf(word, elementKind), position })),
  };
}

function wordOf(word: string, kind: ConfigValueType['kind']): string | number | boolean {
  if (kind === 'boolean' && /^(?:true|false)$/i.test(word)) return word.toLowerCase() === 'true';
  if ((kind === 'integer' || kind === 'number') && word !== '' && !Number.isNaN(Number(word))) return Number(word);
  return word;
}
