// What all config.yaml of the bench have in common: how paths and the model are written, the layout, the check.
import { basename, dirname, isAbsolute, relative, sep } from 'node:path';
import { Document, isMap, isScalar, visit } from 'yaml';
import { problemText } from '../../config/configProblem';
import { checkTuningText } from '../../config/tuningFile';
import type { Bench } from '../bench';
import { requestErrors } from '../requestErrors';
import { configFileName } from './configFile';

/** Makes absolute paths as they are written in the config at `configPath`: relative to it for files in the workspace. */
export function configPathOf(bench: Bench, configPath: string): (path: string) => string {
  return (path) => (isAbsolute(bench.storedPath(path)) ? path : wayTo(path, configPath));
}

/** The way from a config to a path, with `/`. */
export function wayTo(path: string, configPath: string): string {
  return relative(dirname(configPath), path).split(sep).join('/');
}

/** The section that names the model. */
export function modelSection(
  modelPath: string,
  { inputNodes, outputNodes }: { readonly inputNodes: readonly string[]; readonly outputNodes: readonly string[] },
  pathText: (path: string) => string,
): object {
  return {
    name: basename(modelPath).replace(/\.onnx$/i, ''),
    path: pathText(modelPath),
    framework: 'onnxrt_qlinearops',
    inputs: inputNodes,
    outputs: outputNodes,
  };
}

/**
 * The text of the config.yaml at `path`.
 *
 * @param header the comment at its top
 * @throws RequestError `request-config` where the product's own checker refuses it, as with a diagnosis that asks for
 *   what no op can be
 */
export function checkedConfigText(sections: object, header: string, path: string): string {
  const text = textOf(sections, header);
  const [problem] = checkTuningText(text, path).problems;
  if (problem === undefined) return text;
  throw requestErrors.refused(
    'config',
    `This makes no config that can be run: ${problemText(configFileName, problem)}`,
  );
}

function textOf(sections: object, header: string): string {
  const document = new Document(sections, { aliasDuplicateObjects: false });
  document.commentBefore = header;
  if (isMap(document.contents)) for (const { key } of document.contents.items.slice(1)) spaceBefore(key);
  // Numbers and names side by side: `perm: [ 2, 0, 1 ]`.
  visit(document, { Seq: (_key, list) => void (list.flow = !list.items.some(isMap)) });
  return document.toString({ lineWidth: 120 });
}

/** Sections of the file are set apart. */
function spaceBefore(key: unknown): void {
  if (isScalar(key)) key.spaceBefore = true;
}
