// Models of TensorFlow and OpenVINO for tests, put together byte by byte and tag by tag.
import { field, numberField, varint } from '../onnx/smallModels';

const float32 = 1;

/** An AttrValue by the field its value stands in. */
export const attr = {
  text: (text: string): number[] => field(2, text),
  int: (value: bigint | number): number[] => numberField(3, value),
  float: (value: number): number[] => [...varint(4 * 8 + 5), ...new Uint8Array(new Float32Array([value]).buffer)],
  bool: (value: boolean): number[] => numberField(5, value ? 1 : 0),
  type: (code: number): number[] => numberField(6, code),
  shape: (...dims: number[]): number[] => field(7, shape(dims)),
  tensor: (bytes: number[]): number[] => field(8, bytes),
  ints: (values: number[]): number[] =>
    field(
      1,
      field(
        3,
        values.flatMap((value) => varint(value)),
      ),
    ),
  texts: (values: string[]): number[] =>
    field(
      1,
      values.flatMap((value) => field(2, value)),
    ),
  functionName: (name: string): number[] => field(10, field(1, name)),
};

function shape(dims: readonly number[]): number[] {
  return dims.flatMap((size) => field(2, numberField(1, size)));
}

/** TensorProto with its elements as bytes. */
export function tensorContent(dims: number[], values: Float32Array): number[] {
  return [...numberField(1, float32), ...field(2, shape(dims)), ...field(4, new Uint8Array(values.buffer))];
}

/** TensorProto with one float for all elements. */
export function tensorOfOne(dims: number[], value: number): number[] {
  return [
    ...numberField(1, float32),
    ...field(2, shape(dims)),
    ...field(5, new Uint8Array(new Float32Array([value]).buffer)),
  ];
}

/** A NodeDef as field 1 of a GraphDef. */
export function nodeDef(
  name: string,
  op: string,
  inputs: readonly string[] = [],
  attributes: Readonly<Record<string, number[]>> = {},
): number[] {
  const entries = Object.entries(attributes).flatMap(([key, value]) =>
    field(5, [...field(1, key), ...field(2, value)]),
  );
  return field(1, [...field(1, name), ...field(2, op), ...inputs.flatMap((input) => field(3, input)), ...entries]);
}

/** A small convolutional network as TensorFlow freezes it. */
export function frozenGraph(): Uint8Array {
  const weights = tensorContent(
    [1, 1, 2, 4],
    Float32Array.from({ length: 8 }, (_, at) => at / 2),
  );
  return Uint8Array.from([
    ...nodeDef('input_tensor', 'Placeholder', [], { dtype: attr.type(float32), shape: attr.shape(-1, 8, 8, 2) }),
    ...nodeDef('net/conv/kernel', 'Const', [], { dtype: attr.type(float32), value: attr.tensor(weights) }),
    ...nodeDef('net/conv/kernel/read', 'Identity', ['net/conv/kernel'], { T: attr.type(float32) }),
    ...nodeDef('net/conv/Conv2D', 'Conv2D', ['input_tensor', 'net/conv/kernel/read'], {
      ...{ T: attr.type(float32), strides: attr.ints([1, 2, 2, 1]), padding: attr.text('SAME') },
      ...{ use_cudnn_on_gpu: attr.bool(true), alpha: attr.float(0.1), big: attr.int(2n ** 60n) },
    }),
    ...nodeDef('net/guard', 'Assert', ['net/conv/Conv2D']),
    ...nodeDef('net/split', 'Split', ['net/conv/Conv2D:0', '^net/guard'], { num_split: attr.int(2) }),
    ...nodeDef('net/add', 'AddV2', ['net/split', 'net/split:1'], { names: attr.texts(['a', '__proto__']) }),
    ...nodeDef('softmax_tensor', 'Softmax', ['net/add'], { T: attr.type(float32), f: attr.functionName('body') }),
    ...field(4, numberField(1, 1087)),
  ]);
}

/** The same idea in OpenVINO's IR, with a loop. */
export const ir = `<?xml version="1.0" encoding="UTF-8"?>
<!-- made by a test -->
<net name="small" version="11">
  <layers>
    <layer id="0" name="x" type="Parameter" version="opset1">
      <data shape="?,3,8,8" element_type="f32" />
      <output><port id="0" precision="FP32" names="x"><dim>-1</dim><dim>3</dim><dim>8</dim><dim>8</dim></port></output>
    </layer>
    <layer id="1" name="net/weight" type="Const" version="opset1">
      <data element_type="f16" shape="4, 3, 1, 1" offset="0" size="24" />
      <output><port id="0" precision="FP16"><dim>4</dim><dim>3</dim><dim>1</dim><dim>1</dim></port></output>
    </layer>
    <layer id="2" name="net/conv" type="Convolution" version="opset1">
      <data strides="1, 1" auto_pad="explicit" alpha="0.5" flag="true" note="a &lt; &quot;b&quot; &#38; c" />
      <input>
        <port id="0" precision="FP32"><dim>-1</dim><dim>3</dim><dim>8</dim><dim>8</dim></port>
        <port id="1" precision="FP32"><dim>4</dim><dim>3</dim><dim>1</dim><dim>1</dim></port>
      </input>
      <output><port id="2" precision="FP32" names="c"><dim>-1</dim><dim>4</dim><dim>8</dim><dim>8</dim></port></output>
    </layer>
    <layer id="3" name="net/loop" type="TensorIterator" version="opset1">
      <input><port id="0" precision="FP32" /></input>
      <output><port id="1" precision="FP32"><dim>-1</dim><dim>4</dim></port></output>
      <port_map>
        <input external_port_id="0" internal_layer_id="0" axis="1" />
        <output external_port_id="1" internal_layer_id="2" />
      </port_map>
      <body>
        <layers>
          <layer id="0" name="i" type="Parameter" version="opset1"><data shape="1,4" element_type="f32" /></layer>
          <layer id="1" name="tanh" type="Tanh" version="opset1"><output><port id="1" precision="FP32" /></output></layer>
          <layer id="2" name="o" type="Result" version="opset1" />
        </layers>
        <edges>
          <edge from-layer="0" from-port="0" to-layer="1" to-port="0" />
          <edge from-layer="1" from-port="1" to-layer="2" to-port="0" />
        </edges>
      </body>
    </layer>
    <layer id="4" name="y" type="Result" version="opset1">
      <input><port id="0" precision="FP32"><dim>-1</dim><dim>4</dim></port></input>
    </layer>
  </layers>
  <edges>
    <edge from-layer="0" from-port="0" to-layer="2" to-port="0" />
    <edge from-layer="1" from-port="0" to-layer="2" to-port="1" />
    <edge from-layer="2" from-port="2" to-layer="3" to-port="0" />
    <edge from-layer="3" from-port="1" to-layer="4" to-port="0" />
  </edges>
  <rt_info><conversion_parameters><framework value="onnx" /></conversion_parameters></rt_info>
</net>
`;
