// Figures, times and names as rows show them: short, with units, on one line.

/** Three significant digits, without zeros behind the point. */
function short(value: number): string {
  return String(Number(value.toPrecision(value >= 100 ? Math.ceil(Math.log10(value + 1)) : 3)));
}

/** `97.25 %` of a fraction; any other figure as it is. */
export function accuracyText(value: number, isRatio: boolean): string {
  return isRatio ? `${Number((value * 100).toFixed(2))} %` : String(Number(value.toPrecision(4)));
}

/** `0.42 ms`, `1.5 s`. */
export function latencyText(ms: number): string {
  return ms < 1000 ? `${short(ms)} ms` : `${short(ms / 1000)} s`;
}

/** `2.13×`. */
export function timesText(ratio: number): string {
  return `${short(ratio)}×`;
}

/** `34 s`, `2 min`, `1 h 5 min`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return seconds < 1 ? 'less than 1 s' : `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** The time of the day, with the date where that is another day. */
export function momentText(iso: string, now = new Date()): string {
  const at = new Date(iso);
  const time = at.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  if (at.toDateString() === now.toDateString()) return time;
  return `${at.toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' })}, ${time}`;
}

/** Names of people's things on one line, without characters that would change how the rest of it reads. */
export function lineText(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line === '' ? '(no name)' : line;
}

/**
 * A text where the editor draws `$(name)` as an icon, with none: an invisible space stands between the two characters. (The
 * editor knows a backslash, too, but then finds nothing that is typed of the name.)
 */
export function iconless(text: string): string {
  return text.replaceAll('$(', '$\u200B(');
}

/** Parts of a description. */
export function joined(...parts: readonly (string | null | undefined | false)[]): string {
  return parts.filter((part) => typeof part === 'string' && part !== '').join(' · ');
}
