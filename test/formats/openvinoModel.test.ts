// OpenVINO IR: its facts, its graph with the bodies of loops, its attributes, and broken files.
import { describe, expect, it } from 'vitest';
import { MemorySource } from '../../src/onnx/byteSource';
import { ModelError } from '../../src/onnx/modelErrors';
import { ModelHierarchy } from '../../src/onnx/hierarchy/modelHierarchy';
import type { ForeignModel } from '../../src/formats/foreignModel';
import { readOpenvinoModel } from '../../src/formats/openvinoModel';
import { edgesOf, idsOf } from '../onnx/hierarchyGraphs';
import { ir } from './foreignFiles';

function read(text: string): ForeignModel {
  return readOpenvinoModel(new MemorySource(Buffer.from(text)));
}

function attributesOf(id: string): Record<string, unknown> {
  const node = read(ir).graph.nodes.find((one) => one.id === id);
  return Object.fromEntries(
    (node?.attributes() ?? []).map(({ name, attribute_type: type, value }) => [name, [type, value]]),
  );
}

describe('an OpenVINO IR', () => {
  it('tells its facts', () => {
    expect(read(ir).facts).toEqual({
      ...{ format: 'OpenVINO IR', formatVersion: '11', canRun: false, nodes: 8, constants: 1, warnings: [] },
      sizeBytes: ir.length,
      inputs: [{ name: 'x', type: 'float32', shape: [null, 3, 8, 8] }],
      outputs: [{ name: 'y', type: 'float32', shape: [null, 4] }],
      ops: { Parameter: 2, Const: 1, Convolution: 1, TensorIterator: 1, Tanh: 1, Result: 2 },
    });
  });

  it('is a graph with its bodies as groups', () => {
    const hierarchy = new ModelHierarchy(read(ir).graph);
    expect(idsOf(hierarchy.view())).toEqual(['x', 'node_group_net', 'y']);
    expect([...hierarchy.groups.keys()]).toEqual(['net', 'net/loop.body']);
    const open = hierarchy.view({ expanded: [...hierarchy.groups.keys()] });
    expect(edgesOf(open).sort()).toEqual([
      'i > tanh',
      'net/conv > i',
      'net/conv > net/loop',
      'net/loop > y',
      'o > net/loop',
      'tanh > o',
      'x > net/conv',
    ]);
  });

  it('shows attributes by what their text stands for', () => {
    expect(attributesOf('net/conv')).toEqual({
      ...{ version: ['string', 'opset1'], strides: ['ints', [1, 1]], auto_pad: ['string', 'explicit'] },
      ...{ alpha: ['float', 0.5], flag: ['bool', true], note: ['string', 'a < "b" & c'] },
      'output 2': ['port', 'float32[?, 4, 8, 8]'],
    });
    expect(attributesOf('x')).toMatchObject({ shape: ['shape', '[?, 3, 8, 8]'], element_type: ['type', 'float32'] });
  });

  it.each([
    ['another root', '<graph/>', 'root element is not <net>'],
    ['an older version', '<net version="7"><layers/></net>', 'version "7"'],
    ['no version', '<net><layers/></net>', 'version ""'],
    ['no layers', '<net version="11"/>', 'no <layers>'],
    ['a layer without id', '<net version="11"><layers><layer type="Add"/></layers></net>', 'attribute id is missing'],
    [
      'a doubled layer',
      '<net version="11"><layers><layer id="0" type="A"/><layer id="0" type="B"/></layers></net>',
      'two layers have the id "0"',
    ],
    [
      'an edge to nowhere',
      '<net version="11"><layers/><edges><edge from-layer="0" to-layer="1" to-port="0"/></edges></net>',
      'no layer with the id "0"',
    ],
  ])('is refused: %s', (_, text, why) => {
    expect(() => read(text)).toThrow(why);
    expect(() => read(text)).toThrow(ModelError);
  });

  it('must be UTF-8', () => {
    expect(() => readOpenvinoModel(new MemorySource(Buffer.from('<net name="\xff"/>', 'latin1')))).toThrow('not UTF-8');
  });
});
