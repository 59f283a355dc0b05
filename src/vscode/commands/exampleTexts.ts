// How example models are shown where somebody chooses one.
import { bytesText } from '../../protocol/byteText';

/** An example as `examples/list` tells of it. */
export interface ExampleFacts {
  readonly model: string;
  readonly domain: string;
  readonly licence: string;
  readonly size_bytes: number;
  /** Comes with the extension. */
  readonly bundled: boolean;
  readonly url: string | null;
}

interface ExampleText {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly icon: string;
  readonly group: string;
}

/** An example in a list. */
export function exampleChoice({ model, domain, licence, size_bytes, bundled }: ExampleFacts): ExampleText {
  const size = bytesText(size_bytes);
  return {
    label: model,
    description: domain,
    detail: `${bundled ? `${size}, comes along` : `${size} to download`} · licence ${licence}`,
    icon: bundled ? 'package' : 'cloud-download',
    group: bundled ? 'Examples that come along' : 'Examples that are downloaded',
  };
}

/** What is asked before anything is fetched. */
export function downloadQuestion({ model, size_bytes, url }: ExampleFacts): string {
  const from = url === null || !URL.canParse(url) ? 'the network' : new URL(url).host;
  return `Download ${model} (${bytesText(size_bytes)}) from ${from}?`;
}
