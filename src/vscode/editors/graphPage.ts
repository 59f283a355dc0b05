// Answers the page of a model: its questions go to a bench process, about the files it may name and no others.
import { commands, Disposable } from 'vscode';
import type { Uri } from 'vscode';
import { coalesce } from '../../processes/coalesce';
import type { RpcPeer } from '../../processes/rpc';
import {
  allGroupsMethod,
  beginMethod,
  comparableMethod,
  compareMethod,
  graphFactsMethod,
  modelChangedEvent,
  nodeMethod,
  nodesMethod,
  overlayChoicesMethod,
  overlayMethod,
  sceneMethod,
  tensorMethod,
  valuesMethod,
} from '../../protocol/panels/graph';
import { panelChangedEvent } from '../../protocol/panels/panel';
import type { GraphFacts } from '../../protocol/panels/graph';
import type { RpcMethod } from '../../protocol/rpcMessages';
import type { AskOptions, BenchConnection } from '../bench/benchConnection';
import type { Benches } from '../bench/benches';
import type { Disposes } from '../disposing';
import { showThrown } from '../failures';
import type { ComparedModels } from './comparedModels';
import { ModelWatch } from './modelWatch';

/** Pages ask again at most this often. */
const askAgainMs = 500;

const beginCommands = {
  project: 'compressorBench.project.new',
  quantize: 'compressorBench.model.quantize',
  benchmark: 'compressorBench.model.benchmark',
} as const;

/** A page about one model, from its opening to its end. */
export class GraphPage implements Disposes {
  /** Models that the page may ask about: its own, and those it can be compared with. */
  private readonly known: Set<string>;
  private readonly subscriptions: Disposable;
  private readonly watch: ModelWatch;
  /** Of the model it was compared with last. */
  private otherWatch: ModelWatch | undefined;
  private isOpen = true;

  constructor(
    private readonly benches: Benches,
    private readonly peer: RpcPeer,
    readonly uri: Uri,
    private readonly compared: ComparedModels,
  ) {
    this.known = new Set([uri.fsPath, ...compared.with(uri.fsPath)]);
    this.watch = this.watchOn(uri.fsPath);
    this.answer();
    const recordsChanged = coalesce<null>(() => {
      if (this.isOpen) peer.emit(panelChangedEvent, null);
    }, askAgainMs);
    this.subscriptions = Disposable.from(
      this.watch,
      this.bench().onDidChangeRecords(() => recordsChanged.push(null)),
    );
  }

  /** Has the model read while the editor still makes the page; what goes wrong is said when the page asks. */
  readAhead(): void {
    void this.factsOf({ path: this.uri.fsPath }, {}).catch(() => undefined);
  }

  /** Lets the page ask about a model that the person named, in later windows, too. */
  allow(path: string): void {
    this.known.add(path);
    this.compared.add(this.uri.fsPath, path);
  }

  dispose(): void {
    this.isOpen = false;
    this.otherWatch?.dispose();
    this.subscriptions.dispose();
  }

  private watchOn(path: string): ModelWatch {
    return new ModelWatch(path, () => this.peer.emit(modelChangedEvent, { path }));
  }

  /** Watches the model that is compared with now, instead of an earlier one. */
  private watchOther(path: string): void {
    if (path === this.uri.fsPath || path === this.otherWatch?.path || !this.isOpen) return;
    this.otherWatch?.dispose();
    this.otherWatch = this.watchOn(path);
  }

  private watchOf(path: string): ModelWatch | undefined {
    return [this.watch, this.otherWatch].find((watch) => watch?.path === path);
  }

  /** Asked for anew with each question: trust may have been given, folders may have been opened. */
  private bench(): BenchConnection {
    return this.benches.forLooking(this.uri);
  }

  private answer(): void {
    this.forward(allGroupsMethod);
    this.peer.handle(graphFactsMethod, (params, { signal, onProgress }) => {
      this.check(params.path);
      return this.factsOf(params, { signal, onProgress });
    });
    this.forward(overlayChoicesMethod);
    this.forward(sceneMethod);
    this.forward(nodeMethod);
    this.forward(tensorMethod);
    this.forward(valuesMethod);
    this.forward(nodesMethod);
    this.forward(overlayMethod);
    this.forward(compareMethod);
    this.forward(comparableMethod, (models) => {
      for (const { path } of models) this.known.add(path);
    });
    this.peer.handle(beginMethod, async ({ what }) => {
      await Promise.resolve(commands.executeCommand(beginCommands[what], this.uri)).catch((thrown: unknown) => {
        void showThrown(thrown);
      });
      return null;
    });
  }

  private forward<Params extends { readonly path: string; readonly otherPath?: string }, Result>(
    method: RpcMethod<Params, Result>,
    take?: (result: Result) => void,
  ): void {
    this.peer.handle(method, async (params, { signal, onProgress }) => {
      for (const path of [params.path, params.otherPath ?? params.path]) this.check(path);
      if (params.otherPath !== undefined) this.watchOther(params.otherPath);
      const result = await this.bench().ask(method, params, { signal, onProgress });
      take?.(result);
      return result;
    });
  }

  private async factsOf(params: { readonly path: string }, options: AskOptions): Promise<GraphFacts> {
    try {
      const facts = await this.bench().ask(graphFactsMethod, params, options);
      this.watchOf(params.path)?.expect(facts.dataFiles);
      return facts;
    } catch (thrown) {
      this.watchOf(params.path)?.expect(undefined);
      throw thrown;
    }
  }

  /** What a page says may come from a model: it reads no file that nobody opened. */
  private check(path: string): void {
    if (!this.known.has(path)) throw new Error('The page asked about a file that is not open in it.');
  }
}
