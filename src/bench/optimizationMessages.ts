// Messages of a run of an optimization: optimization_start, tuning_history, optimization_finish (SYSTEMS §1.4).
import type { MessagesOf } from './runMessages';

/** The messages for a piece of news about a run of an optimization. */
export const optimizationMessages: MessagesOf = () => Promise.resolve([]);
