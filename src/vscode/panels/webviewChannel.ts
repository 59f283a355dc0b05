// The channel to a webview that the RPC runs over.
import type { Webview } from 'vscode';
import type { RpcChannel } from '../../processes/rpcChannel';
import type { Disposes } from '../disposing';

/** A channel with its end: whoever owns the webview calls `dispose` when that is gone. */
export type WebviewChannel = RpcChannel & Disposes;

/** The channel to a page; what is sent while it is hidden is lost. */
export function channelToWebview(webview: Webview): WebviewChannel {
  let listening: Disposes | undefined;
  let tellClosed = (): void => undefined;
  let isClosed = false;
  return {
    send: (message) => {
      // A hidden or closed webview takes none: its page asks again when it is back.
      if (!isClosed) void Promise.resolve(webview.postMessage(message)).catch(() => undefined);
    },
    onMessage: (receive) => {
      listening = webview.onDidReceiveMessage(receive);
    },
    onClose: (closed) => {
      tellClosed = closed;
    },
    dispose: () => {
      isClosed = true;
      listening?.dispose();
      tellClosed();
    },
  };
}
