// The text that somebody who helps needs: versions, the machine, changed settings, the end of the log. No private paths.

/** What goes into the text. */
export interface DiagnosticFacts {
  /** Name and version, or any other fact. */
  readonly facts: readonly (readonly [string, string])[];
  /** Settings that are not as they come, by name. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Text of the log; its end is taken. */
  readonly log: string;
  /** Folders whose place on the disk is nobody's business, and what to call each. */
  readonly folders: readonly { readonly path: string; readonly name: string }[];
}

const mostLines = 200;

/** In Markdown, as issues are written. */
export function diagnosticsText({ facts, settings, log, folders }: DiagnosticFacts): string {
  const lines = log.trimEnd().split('\n').slice(-mostLines).join('\n');
  const text = [
    ...facts.map(([name, value]) => `- ${name}: ${value}`),
    '',
    'Settings that were changed:',
    '```json',
    JSON.stringify(settings, null, 2),
    '```',
    '',
    'End of the log:',
    '```text',
    lines.replaceAll('```', "'''"),
    '```',
    '',
  ].join('\n');
  return withoutPaths(text, folders);
}

/** Names of known folders in place of their paths; other absolute paths keep their last part. */
function withoutPaths(text: string, folders: DiagnosticFacts['folders']): string {
  const longestFirst = folders.toSorted((a, b) => b.path.length - a.path.length);
  const named = longestFirst.reduce((rest, { path, name }) => rest.replaceAll(path, `<${name}>`), text);
  return named.replace(/(?<![\w<>.:/\\-])(?:[A-Za-z]:\\|\/)(?:[^\s"'`:,;)}\]/\\]+[/\\])+/g, '<…>/');
}
