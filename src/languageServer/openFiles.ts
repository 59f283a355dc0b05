// The open files of ours: each looked at once a version, its findings made soon after somebody typed.
import { fileURLToPath } from 'node:url';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { configFileKind } from '../config/configFileKind';
import type { ServerDuties } from '../protocol/languageServer';
import { checkFile, missingDataFindings } from './findings';
import type { Finding } from './findings';
import { modelFindings, withModel } from './modelFindings';
import type { ModelNames, ModelNamesCache } from './modelNames';
import { modelPathOf, openFile } from './openFile';
import type { FileWithNames, OpenFile } from './openFile';

/** Letters typed at once are looked at together; nobody sees so short a wait. */
const settleMs = 15;

interface Entry {
  readonly version: number;
  readonly file: OpenFile;
  names: ModelNames | undefined;
  findings: readonly Finding[] | undefined;
}

/** Where documents come from, and where findings go. */
export interface OpenFilesHost {
  documents(): readonly TextDocument[];
  document(uri: string): TextDocument | undefined;
  /** Called with nothing for a file that is none of ours any more. */
  publish(document: TextDocument, findings: readonly Finding[]): void;
}

export class OpenFiles {
  duties: ServerDuties;
  private readonly entries = new Map<string, Entry>();
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly host: OpenFilesHost,
    private readonly models: ModelNamesCache,
    duties: ServerDuties,
  ) {
    this.duties = duties;
  }

  /** A file as it stands; undefined for one that is not open or none of ours. */
  file(uri: string): OpenFile | undefined {
    return this.entry(uri)?.file;
  }

  /** A file with the names of its model, which may have to be read first. */
  async fileWithNames(uri: string): Promise<FileWithNames | undefined> {
    const entry = this.entry(uri);
    if (entry === undefined) return undefined;
    return { file: entry.file, names: await this.models.at(modelPathOf(entry.file)) };
  }

  /** What is wrong in a file, with what its model says. */
  async findings(uri: string): Promise<readonly Finding[] | undefined> {
    const entry = this.entry(uri);
    if (entry === undefined) return undefined;
    entry.names = await this.models.at(modelPathOf(entry.file));
    return this.allFindings(entry);
  }

  /** Looks at a file soon. */
  changed(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.set(
      uri,
      setTimeout(() => {
        this.timers.delete(uri);
        void this.publish(uri);
      }, settleMs),
    );
  }

  /** Looks at every file again: files that they name, or duties, changed. */
  allChanged(): void {
    this.entries.clear();
    for (const { uri } of this.host.documents()) this.changed(uri);
  }

  closed(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
    this.entries.delete(uri);
  }

  private entry(uri: string): Entry | undefined {
    const document = this.host.document(uri);
    if (document === undefined) return undefined;
    const known = this.entries.get(uri);
    if (known?.version === document.version) return known;
    const path = pathOf(uri);
    const kind = configFileKind(path ?? uri, document.getText());
    if (kind === undefined) {
      this.entries.delete(uri);
      return undefined;
    }
    const { version } = document;
    const entry: Entry = { version, file: openFile(document, kind, path), names: known?.names, findings: undefined };
    this.entries.set(uri, entry);
    return entry;
  }

  private async publish(uri: string): Promise<void> {
    const document = this.host.document(uri);
    const entry = this.entry(uri);
    if (document === undefined) return;
    if (entry === undefined) {
      this.host.publish(document, []);
      return;
    }
    // What was known of the model holds until it is read again.
    this.host.publish(document, this.allFindings(entry));
    const names = await this.models.at(modelPathOf(entry.file));
    if (names === entry.names || this.entries.get(uri) !== entry) return;
    entry.names = names;
    this.host.publish(document, this.allFindings(entry));
  }

  private allFindings(entry: Entry): readonly Finding[] {
    entry.findings ??= this.check(entry.file);
    return withModel(entry.findings, modelFindings(entry));
  }

  private check(file: OpenFile): readonly Finding[] {
    const { findings, config } = checkFile(file, { reportsYaml: this.duties.yamlProblems });
    return [...findings, ...missingDataFindings(file, config)];
  }
}

function pathOf(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}
