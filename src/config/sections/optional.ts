// Leaves a key out of an object where it has no value: undefined is not a value of the configs' types.

/** `{[key]: value}`, or `{}` where there is no value. */
export function optional<Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, Value>);
}
