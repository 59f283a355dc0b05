// How the model of a trial is made: read from the history of its run, where the configuration of every trial stands.
import { join } from 'node:path';
import { readLines } from '../../files/appendLog';
import type { NamedValue } from '../../protocol/panels/graph';
import type { TrialQuestion, TrialSettings } from '../../protocol/panels/tuningHistory';
import type { Bench } from '../bench';
import { historyName } from '../optimization/earlierHistory';
import { isPlainObject } from '../requestReader';
import type { PlainObject } from '../requestReader';
import { runsOf, shownRun } from './tuningHistory';

/** Names that are worth reading; the rest is counted. */
const mostNames = 200;

/** The settings of a trial; null where the history does not tell. */
export async function trialSettings(bench: Bench, question: TrialQuestion): Promise<TrialSettings | null> {
  const shown = shownRun(await runsOf(bench, question));
  const { trial } = question;
  if (shown === undefined) return null;
  const lines = readLines(join(shown.run.folder, historyName)).filter(isPlainObject);
  const configs = lines.flatMap(({ type, id: of, config }) =>
    type === 'end' && isPlainObject(config) ? [{ of, config }] : [],
  );
  const config = configs.find(({ of }) => of === trial)?.config;
  return config === undefined ? null : settingsOf(config, namesIn(configs.map((one) => one.config)));
}

/** Operators that any of the configurations has in 8 bit. */
function namesIn(configs: readonly PlainObject[]): readonly string[] {
  const names = configs.flatMap(({ ops }) =>
    isPlainObject(ops) ? Object.keys(ops).filter((name) => formOf(ops[name]) !== 'float') : [],
  );
  return [...new Set(names)];
}

/**
 * A configuration as people read it.
 *
 * @param candidates operators that could be in 8 bit; those that the configuration does not name stay in float
 */
export function settingsOf(config: PlainObject, candidates: readonly string[] = []): TrialSettings {
  const { ops, ...rest } = config;
  const forms = isPlainObject(ops) ? Object.entries(ops).map(([name, op]) => ({ name, form: formOf(op) })) : [];
  const counts = new Map<string, number>();
  for (const { form } of forms) counts.set(form, (counts.get(form) ?? 0) + 1);
  const quantized = new Set(forms.flatMap(({ name, form }) => (form === 'float' ? [] : [name])));
  const floatOps = [...new Set([...forms.map(({ name }) => name), ...candidates])].filter(
    (name) => !quantized.has(name),
  );
  return {
    settings: Object.entries(rest).flatMap(([name, value]) => namedValue(name, value)),
    ops: [...counts].map(([form, count]) => ({ form, count })).sort((a, b) => b.count - a.count),
    floatOps: { names: floatOps.slice(0, mostNames), count: floatOps.length },
  };
}

/** `static, asym, minmax, per_channel`: what decides how an operator computes. */
function formOf(op: unknown): string {
  if (!isPlainObject(op)) return 'unknown';
  return Object.values(op)
    .filter((value): value is string => typeof value === 'string')
    .join(', ');
}

/** `samplingSize: 100` as `sampling size`, `100`; what is switched off needs no line. */
function namedValue(key: string, value: unknown): readonly NamedValue[] {
  if (value === false || value === null) return [];
  const name = key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return [{ name, value: value === true ? 'yes' : typeof value === 'string' ? value : JSON.stringify(value) }];
}
