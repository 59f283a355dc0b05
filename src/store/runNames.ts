// Names of run folders: the time at which each was asked for, so that they sort by age.
import type { DiskEntry } from '../files/disk';

const two = (n: number): string => String(n).padStart(2, '0');

/** Local time as `2026-11-20T19-31-05-042`: for people to read, and legal on every system. */
export function timeName(date: Date): string {
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join('-');
  return `${day}T${time}-${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** The name of a run that begins now: after all there are, also when the clock was put back (as it is every autumn). */
export function nextRunName(entries: readonly DiskEntry[], now: Date): string {
  const newest = entries.reduce((latest, { name }) => (isTimeName(name) && name > latest ? name : latest), '');
  const name = timeName(now);
  return name > newest ? name : oneLater(newest);
}

function isTimeName(name: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}$/.test(name);
}

/** A millisecond later, as if all days were alike: UTC knows no summer time. */
function oneLater(name: string): string {
  const [year = 0, month = 1, day = 1, ...time] = name.split(/[-T]/).map(Number);
  const [hours = 0, minutes = 0, seconds = 0, milliseconds = 0] = time;
  const next = new Date(Date.UTC(year, month - 1, day, hours, minutes, seconds, milliseconds + 1)).toISOString();
  return next.replace(/[:.]/g, '-').replace('Z', '');
}
