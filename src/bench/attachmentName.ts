// What a file is called that is made of a record.

/** The name of a record as one of a file on any system; `otherwise` where nothing of it is left. */
export function attachmentNameOf(name: string, otherwise: string): string {
  const words = name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join('_').slice(0, 80) || otherwise;
}
