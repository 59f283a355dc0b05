// Where the new model is until it has been checked: a hidden folder beside its place, so that a rename publishes it.
import { randomUUID } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileErrorOf } from '../files/fileErrors';
import { quantizationErrors } from './quantizationErrors';

/** Made by `create`; ended by `publish` or `discard`. Nothing appears at the output path before `publish`. */
export class StagedOutput {
  private constructor(
    readonly outputPath: string,
    private readonly folder: string,
  ) {}

  /**
   * Makes the folder. Throws `quantize-output-is-input` when the output would replace one of `inputFiles`, and
   * FileError when the place cannot be written to.
   */
  static async create(outputPath: string, inputFiles: readonly string[]): Promise<StagedOutput> {
    const target = resolve(outputPath);
    const existing = realPathOf(target);
    if (inputFiles.some((input) => realPathOf(input) === existing)) throw quantizationErrors.outputIsInput(target);
    if (existing !== undefined && statSync(existing).isDirectory()) {
      throw fileErrorOf(Object.assign(new Error('is a folder'), { code: 'EISDIR' }), target);
    }
    const folder = join(dirname(target), `.compressor-bench-${randomUUID()}`);
    try {
      await mkdir(folder);
    } catch (thrown) {
      throw fileErrorOf(thrown, target);
    }
    return new StagedOutput(target, folder);
  }

  /** Where to write the model; its external data goes beside it. It keeps its final name, which the data is named by. */
  get modelPath(): string {
    return join(this.folder, basename(this.outputPath));
  }

  /** Moves the files into place, the model last. */
  async publish(files: readonly string[]): Promise<void> {
    const ordered = [...files.filter((file) => file !== this.modelPath), this.modelPath];
    try {
      for (const file of ordered) await rename(file, join(dirname(this.outputPath), basename(file)));
    } catch (thrown) {
      throw fileErrorOf(thrown, this.outputPath);
    }
    await this.discard();
  }

  /** Removes whatever is not in place yet; does nothing the second time. */
  async discard(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The file behind links; undefined when there is none. */
function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
