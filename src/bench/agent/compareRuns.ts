// Tool compare_runs: the figures of several runs side by side, with what keeps the comparison from being fair.
import { requestErrors } from '../requestErrors';
import { cellText, markdownTable } from './agentWork';
import type { AgentTool } from './agentWork';
import { figureHeader, figuresOf } from './runFigures';
import type { FigureRow } from './runFigures';
import { runIdOf, runOfId } from './runIds';

const most = 8;

export const compareRuns: AgentTool = ({ bench, input }) => {
  const ids = input.optionalNames('run_ids') ?? [];
  if (ids.length < 2 || ids.length > most) {
    throw requestErrors.valueIncorrect('run_ids', `a list of 2 to ${most} ids of runs`);
  }
  const compared = ids.map((id) => {
    const run = runOfId(bench, id);
    const figures = figuresOf(run.folder);
    if (figures === undefined) {
      throw requestErrors.refused('no-result', `The run ${id} has no result.`, 'Compare runs that succeeded.');
    }
    return { id: runIdOf(bench, run.folder), figures };
  });
  const rows = compared.flatMap(({ id, figures }) => figures.rows.map(({ cells }) => [id, ...cells]));
  const unlike = differences(compared.flatMap(({ figures }) => figures.rows));
  return Promise.resolve(
    [
      markdownTable(['run_id', ...figureHeader], rows),
      unlike.length === 0
        ? 'All were measured under the same conditions.'
        : `Not to be compared as they stand: ${unlike.join('; ')}.`,
    ].join('\n\n'),
  );
};

function differences(rows: readonly FigureRow[]): string[] {
  const names = new Set(rows.flatMap(({ conditions }) => Object.keys(conditions)));
  return [...names].flatMap((name) => {
    const values = new Set(rows.flatMap(({ conditions }) => conditions[name] ?? []));
    return values.size < 2 ? [] : [`${name} differs (${[...values].map(cellText).join(', ')})`];
  });
}
