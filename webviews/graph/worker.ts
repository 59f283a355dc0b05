// Works out layouts beside the page. One question, one answer; whoever asks ends it to cancel.
import { layoutGraph } from './layout/layoutGraph';
import type { Layout, LayoutInput } from './layout/layoutTypes';

/** What the worker answers: the layout, or why there is none. */
export type LayoutAnswer = { readonly layout: Layout } | { readonly problem: string };

interface WorkerScope {
  onmessage: ((event: { readonly data: LayoutInput }) => void) | null;
  postMessage(message: LayoutAnswer, transfer: ArrayBufferLike[]): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data }) => {
  try {
    const layout = layoutGraph(data);
    const { xs, ys, boxes, routeStarts, points } = layout;
    scope.postMessage(
      { layout },
      [xs, ys, boxes, routeStarts, points].map(({ buffer }) => buffer),
    );
  } catch (thrown) {
    scope.postMessage({ problem: thrown instanceof Error ? thrown.message : String(thrown) }, []);
  }
};
