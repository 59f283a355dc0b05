// Red Hat's YAML extension, where it is installed: it completes and explains our files by the schema that is contributed
// to it, and says what is no good YAML. Everything else stays with our server, so that nothing appears twice.
import type { ConfigFileKind } from '../../config/configFileKind';
import { allDuties } from '../../protocol/languageServer';
import type { ServerDuties } from '../../protocol/languageServer';

/** As the marketplace knows it. */
export const yamlExtensionId = 'redhat.vscode-yaml';

/** What it exports, as far as it is used here. */
export interface YamlExtensionApi {
  registerContributor(
    scheme: string,
    requestSchema: (resource: string) => string | undefined,
    requestSchemaContent: (uri: string) => Promise<string>,
    label?: string,
  ): boolean;
}

/** Its settings that switch off what it does. */
export interface YamlExtensionSettings {
  readonly validate: boolean;
  readonly completion: boolean;
  readonly hover: boolean;
}

/** Scheme of the URIs of our schemas; the extension finds the contributor by it. */
const scheme = 'compressorbench';

/** The exports of an extension as its API; undefined for a version that has none. */
export function asYamlApi(exports: unknown): YamlExtensionApi | undefined {
  const isApi =
    typeof exports === 'object' &&
    exports !== null &&
    'registerContributor' in exports &&
    typeof exports.registerContributor === 'function';
  return isApi ? (exports as YamlExtensionApi) : undefined;
}

/** Contributes the schemas of our files, and of no others. */
export function contributeSchemas(
  api: YamlExtensionApi,
  kindOf: (uri: string) => ConfigFileKind | undefined,
  contentOf: (kind: ConfigFileKind) => Promise<string>,
): boolean {
  return api.registerContributor(
    scheme,
    (uri) => {
      const kind = kindOf(uri);
      return kind === undefined ? undefined : schemaUri(kind);
    },
    (uri) => contentOf(kinds.find((kind) => uri === schemaUri(kind)) ?? 'tuning'),
    'Compressor Bench',
  );
}

const kinds: readonly ConfigFileKind[] = ['tuning', 'dataset', 'pruning'];

/** What is left to our server: all that the other extension does not do, or was told not to do. */
export function dutiesBeside(settings: YamlExtensionSettings | undefined): ServerDuties {
  if (settings === undefined) return allDuties;
  return { yamlProblems: !settings.validate, completion: !settings.completion, hover: !settings.hover };
}

function schemaUri(kind: ConfigFileKind): string {
  return `${scheme}://schema/${kind}`;
}
