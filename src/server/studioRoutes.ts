// The operations of Neural Magic's Studio (SYSTEMS §6.1) by path and method, beside those of the bench: `projects…`.
import type { Bench } from '../bench/bench';
import { RequestReader } from '../bench/requestReader';
import { requestErrors } from '../bench/requestErrors';
import { approximateAnalysis, editAnalysis, runAnalysis, savedAnalysis } from '../bench/studio/studioAnalyses';
import {
  createStudioProject,
  editStudioProject,
  studioPrunableLayers,
  studioProject,
  studioProjects,
} from '../bench/studio/studioProjects';
import type { SensitivityKind } from '../protocol/pruning';
import { refusals } from './serverErrors';

type Answer = (bench: Bench, parameters: RequestReader) => Promise<object>;

type Method = 'GET' | 'POST' | 'PUT';

/** What a path has to offer. */
type Resource = Readonly<Partial<Record<Method, Answer>>>;

/** Points of all layers of a large model, as a client sends them back. */
export const studioBodyLimitBytes = 8 * 1_048_576;

/** For the page that shows what the server offers. */
export const studioPaths: readonly (readonly [methods: string, path: string])[] = [
  ['GET, POST', 'projects'],
  ['GET, PUT', 'projects/PROJECT'],
  ['GET', 'projects/PROJECT/prunable-layers'],
  ['GET', 'projects/PROJECT/sparse-analysis/loss/approx'],
  ['GET', 'projects/PROJECT/sparse-analysis/perf/approx'],
  ['GET, POST, PUT', 'projects/PROJECT/sparse-analysis/loss/ANALYSIS'],
  ['GET, POST, PUT', 'projects/PROJECT/sparse-analysis/perf/ANALYSIS'],
];

/** Whether a path below `/api/` is one of Studio's: those of the bench begin with `project`, `project/…` and others. */
export function isStudioPath(path: string): boolean {
  return path === 'projects' || path.startsWith('projects/');
}

/** What answers a request. Throws `Refused` for a path or a method that there is not. */
export function studioAnswer(path: string, method: string): Answer {
  const resource = resourceAt(path.split('/').map(decoded));
  const answer = Object.entries(resource).find(([name]) => name === method)?.[1];
  if (answer === undefined) throw refusals.method(Object.keys(resource));
  return answer;
}

function resourceAt([, uuid, part, kind, analysisId, ...more]: readonly string[]): Resource {
  if (uuid === undefined) return { GET: studioProjects, POST: createStudioProject };
  if (part === undefined) {
    return {
      GET: (bench) => studioProject(bench, uuid),
      PUT: (bench, parameters) => editStudioProject(bench, uuid, parameters),
    };
  }
  if (part === 'prunable-layers' && kind === undefined) return { GET: (bench) => studioPrunableLayers(bench, uuid) };
  const isAnalysis = part === 'sparse-analysis' && (kind === 'loss' || kind === 'perf') && more.length === 0;
  if (!isAnalysis) throw refusals.unknownPath();
  return analysisResource(uuid, kind, analysisId);
}

function analysisResource(uuid: string, kind: SensitivityKind, analysisId: string | undefined): Resource {
  if (analysisId === undefined) return { GET: (bench) => savedAnalysis(bench, { uuid, kind, analysisId }) };
  if (analysisId === 'approx') {
    // Refused with the reason, whatever comes with it.
    return {
      GET: (bench, parameters) => approximateAnalysis(bench, { uuid, kind }, parameters),
      POST: (bench, parameters) => runAnalysis(bench, { uuid, kind, analysisId }, parameters),
      PUT: (bench, parameters) => editAnalysis(bench, { uuid, kind, analysisId }, parameters),
    };
  }
  const name = { uuid, kind, analysisId: checkedId(analysisId) };
  return {
    GET: (bench) => savedAnalysis(bench, name),
    POST: (bench, parameters) => runAnalysis(bench, name, parameters),
    PUT: (bench, parameters) => editAnalysis(bench, name, parameters),
  };
}

/** The id also names the analysis in the bench. */
function checkedId(analysisId: string): string {
  return new RequestReader({ 'analysis id': analysisId }).name('analysis id');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw requestErrors.valueIncorrect('path', 'a text with % before two digits alone');
  }
}
