// Layouts made beside the page. A newer question ends an older one: the worker is stopped where it stands.
import type { Layout, LayoutInput } from '../layout/layoutTypes';
import type { LayoutAnswer } from '../worker';

/** The bundle of `worker.ts`, put in by the build. */
declare const workerSource: string;

interface ScriptUrlPolicy {
  createScriptURL(url: string): string;
}

interface TrustedTypesHost {
  readonly trustedTypes?: {
    createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptUrlPolicy;
  };
}

// The page's policy allows workers from texts of its own, by this name only.
const policy: ScriptUrlPolicy = (globalThis as TrustedTypesHost).trustedTypes?.createPolicy('compressor-bench-worker', {
  createScriptURL: (url) => url,
}) ?? { createScriptURL: (url) => url };

/** Layouts of one picture at a time. */
export class LayoutClient {
  private worker: Worker | undefined;
  private cancelRunning: (() => void) | undefined;

  /** Resolves with the layout, or undefined when it was cancelled or a newer one was asked for. */
  layout(input: LayoutInput): Promise<Layout | undefined> {
    this.cancel();
    const worker = (this.worker ??= startWorker());
    return new Promise((resolve, reject) => {
      this.cancelRunning = () => {
        worker.terminate();
        this.worker = undefined;
        resolve(undefined);
      };
      worker.onmessage = ({ data }: MessageEvent<LayoutAnswer>) => {
        this.cancelRunning = undefined;
        if ('layout' in data) resolve(data.layout);
        else reject(new Error(data.problem));
      };
      worker.onerror = ({ message }) => {
        this.cancelRunning = undefined;
        this.worker = undefined;
        reject(new Error(message));
      };
      worker.postMessage(input);
    });
  }

  /** Ends the layout that is being made, if there is one. */
  cancel(): void {
    this.cancelRunning?.();
    this.cancelRunning = undefined;
  }

  /** Ends the worker, too. */
  end(): void {
    this.cancel();
    this.worker?.terminate();
    this.worker = undefined;
  }
}

function startWorker(): Worker {
  const url = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  const worker = new Worker(policy.createScriptURL(url));
  URL.revokeObjectURL(url);
  return worker;
}
