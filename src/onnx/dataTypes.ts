// The element types of ONNX tensors: codes of the file format, names, bytes an element.

/** Element type names as ONNX writes them in its docs, keyed by TensorProto.DataType (onnx.proto). */
export const dataTypeNames = {
  0: 'undefined',
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  14: 'complex64',
  15: 'complex128',
  16: 'bfloat16',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
  21: 'uint4',
  22: 'int4',
  23: 'float4e2m1',
} as const;

export type DataTypeCode = keyof typeof dataTypeNames;
export type DataTypeName = (typeof dataTypeNames)[DataTypeCode];

/** Codes by name: `DataType.float32 === 1`. */
export const DataType = Object.fromEntries(
  Object.entries(dataTypeNames).map(([code, name]) => [name, Number(code)]),
) as Readonly<Record<DataTypeName, number>>;

/** The name of a code, or `type <n>` for one this version of the format does not know. */
export function dataTypeName(code: number): string {
  return (dataTypeNames as Record<number, string>)[code] ?? `type ${code}`;
}

const bitsByName: Partial<Record<DataTypeName, number>> = {
  float32: 32,
  uint8: 8,
  int8: 8,
  uint16: 16,
  int16: 16,
  int32: 32,
  int64: 64,
  bool: 8,
  float16: 16,
  float64: 64,
  uint32: 32,
  uint64: 64,
  complex64: 64,
  complex128: 128,
  bfloat16: 16,
  float8e4m3fn: 8,
  float8e4m3fnuz: 8,
  float8e5m2: 8,
  float8e5m2fnuz: 8,
  uint4: 4,
  int4: 4,
  float4e2m1: 4,
};

/** Bits an element takes in raw_data; undefined for strings and unknown codes. */
export function bitsOf(code: number): number | undefined {
  return bitsByName[dataTypeName(code) as DataTypeName];
}
