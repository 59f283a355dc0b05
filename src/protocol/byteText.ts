// Sizes as people read them: the one spelling of the command line, the editor, its pages and the reports.

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `999 B`, `213 kB`, `13.3 MB`: decimal units, three significant digits. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // From 999.5 on three digits would round to 1000.
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(3);
  return `${digits} ${units[unit] ?? ''}`;
}
