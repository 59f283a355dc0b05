// Beside Red Hat's YAML extension: who does what, and which files get a schema.
import { describe, expect, it } from 'vitest';
import type { ConfigFileKind } from '../../src/config/configFileKind';
import { asYamlApi, contributeSchemas, dutiesBeside } from '../../src/vscode/yaml/yamlExtension';

/** The API as the extension exports it: what was registered, and what it would ask. */
class YamlExtension {
  readonly contributors: {
    scheme: string;
    schemaOf: (uri: string) => string | undefined;
    content: (uri: string) => Promise<string>;
  }[] = [];

  registerContributor(
    scheme: string,
    schemaOf: (uri: string) => string | undefined,
    content: (uri: string) => Promise<string>,
  ): boolean {
    if (this.contributors.some((one) => one.scheme === scheme)) return false;
    this.contributors.push({ scheme, schemaOf, content });
    return true;
  }
}

const kinds: Readonly<Record<string, ConfigFileKind>> = {
  'file:///a.bench.yaml': 'tuning',
  'file:///d.yaml': 'dataset',
  'file:///p.pruning.yaml': 'pruning',
};

describe('beside the YAML extension', () => {
  it('the schema of a file of ours is contributed, and none to any other', async () => {
    const extension = new YamlExtension();
    const api = asYamlApi(extension);
    expect(
      api &&
        contributeSchemas(
          api,
          (uri) => kinds[uri],
          (kind) => Promise.resolve(`schema of ${kind}`),
        ),
    ).toBe(true);
    const [one] = extension.contributors;
    expect(one?.schemaOf('file:///other.yaml')).toBeUndefined();
    for (const [uri, kind] of Object.entries(kinds)) {
      const schema = one?.schemaOf(uri) ?? '';
      // The extension finds the contributor by the scheme of the URI.
      expect(schema.startsWith(`${one?.scheme ?? ''}://`)).toBe(true);
      expect(await one?.content(schema)).toBe(`schema of ${kind}`);
    }
  });

  it('our server leaves to it what it does, and does itself what it was told not to do', () => {
    expect(dutiesBeside(undefined)).toEqual({ yamlProblems: true, completion: true, hover: true });
    expect(dutiesBeside({ validate: true, completion: true, hover: true })).toEqual({
      yamlProblems: false,
      completion: false,
      hover: false,
    });
    expect(dutiesBeside({ validate: true, completion: true, hover: false })).toEqual({
      yamlProblems: false,
      completion: false,
      hover: true,
    });
  });

  it('a version without the API is as good as none', () => {
    expect(asYamlApi(undefined)).toBeUndefined();
    expect(asYamlApi({})).toBeUndefined();
    expect(asYamlApi(null)).toBeUndefined();
  });
});
