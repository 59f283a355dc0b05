// Which YAML files are ours: by their name, by their place in a bench, or because their first lines say so.

/** What a file is: a config.yaml, the description of a data set, or a recipe for pruning. */
export type ConfigFileKind = 'tuning' | 'dataset' | 'pruning';

/** Lines in which a modeline may stand. */
const modelineLines = 5;
/** Nobody writes a longer one; a file of one endless line is not looked through. */
const modelineCharacters = 2000;

const modeline = /^\s*#\s*compressor-bench:\s*(tuning|dataset|pruning)\s*$/;

/**
 * The kind of a YAML file, or undefined for one that is none of ours. A modeline goes before the name:
 * `# compressor-bench: dataset` in one of the first five lines.
 *
 * @param path with slashes or backslashes
 * @param text the text, or at least its beginning
 */
export function configFileKind(path: string, text: string): ConfigFileKind | undefined {
  return kindInText(text) ?? kindOfPath(path);
}

function kindInText(text: string): ConfigFileKind | undefined {
  for (const line of text.slice(0, modelineCharacters).split(/\r?\n/, modelineLines)) {
    const kind = modeline.exec(line)?.[1];
    if (kind === 'tuning' || kind === 'dataset' || kind === 'pruning') return kind;
  }
  return undefined;
}

function kindOfPath(path: string): ConfigFileKind | undefined {
  const folders = path.split(/[\\/]/);
  const name = folders.pop() ?? '';
  if (/\.dataset\.bench\.ya?ml$/i.test(name)) return 'dataset';
  if (/\.bench\.ya?ml$/i.test(name)) return 'tuning';
  if (/\.pruning\.ya?ml$/i.test(name)) return 'pruning';
  if (!folders.includes('.compressor-bench')) return undefined;
  if (name === 'config.yaml') return 'tuning';
  return name === 'dataset.yaml' ? 'dataset' : undefined;
}

/** The record of a bench that a config.yaml belongs to. */
export interface ConfigRecord {
  readonly kind: 'optimization' | 'benchmark' | 'profiling';
  readonly id: number;
  readonly projectId: number;
}

const recordFolders =
  /[\\/]\.compressor-bench[\\/]projects[\\/](\d+)-[^\\/]*[\\/](optimization|benchmark|profiling)s[\\/](\d+)-[^\\/]*[\\/]config\.yaml$/;

/** The record whose config.yaml has this path; undefined for a file that belongs to none. */
export function recordOfConfig(path: string): ConfigRecord | undefined {
  const [, projectId, kind, id] = recordFolders.exec(path) ?? [];
  if (kind !== 'optimization' && kind !== 'benchmark' && kind !== 'profiling') return undefined;
  return { kind, id: Number(id), projectId: Number(projectId) };
}
