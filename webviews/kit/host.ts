// A page's way to the extension: one RPC over messages, the subject it is about, and what it keeps over a reload.
import { RpcPeer } from '../../src/processes/rpc';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();

/** The other end of every request a page makes. */
export const host = new RpcPeer(
  {
    send: (message) => vscode.postMessage(message),
    onMessage: (receive) =>
      window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        receive(data);
      }),
    // A page ends with its panel.
    onClose: () => undefined,
  },
  // A panel that was hidden is a new page: no answer to the old one may be taken for one of its own.
  { firstId: Math.floor(performance.timeOrigin) },
);

/** What the page is about, as the extension wrote it into the page. */
export const subject: unknown = JSON.parse(document.body.dataset['subject'] ?? 'null');

/** Whether jobs may run in the folder that the page is about; the page is made anew when it becomes trusted. */
export const isTrusted = document.body.dataset['trusted'] !== 'false';

interface KeptState {
  readonly subject: unknown;
  readonly view?: unknown;
}

/** Where the person was when the page was last shown: navigation and choices only, never data. */
export function keptView<View extends object>(): Partial<View> {
  const state = vscode.getState() as KeptState | undefined;
  return state?.view ?? {};
}

/** Keeps where the person is, with the subject, from which a reloaded window restores the panel. */
export function keepView(view: object = keptView()): void {
  vscode.setState({ subject, view } satisfies KeptState);
}

keepView();
