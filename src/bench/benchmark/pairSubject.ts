// How the queue knows a benchmark of two models together: whoever lists runs needs nothing else of it.

/** Kind of the subject of such a run. */
export const pairSubjectKind = 'pair_benchmark';
