// Which files are opened as what, and that a model that is not ONNX is refused where it would have to run.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/onnx/modelErrors';
import { readModel, readModelBytes } from '../../src/onnx/readModel';
import { graphOf, openModel } from '../../src/formats/openModel';
import { field, numberField, variedBytes } from '../onnx/smallModels';
import { temporaryFolder } from '../support/temporaryFolder';
import { frozenGraph, ir, nodeDef } from './foreignFiles';

const folder = temporaryFolder();

function refusalOf(bytes: Uint8Array | string): ModelError {
  try {
    readModelBytes(typeof bytes === 'string' ? Buffer.from(bytes) : bytes).close();
  } catch (thrown) {
    if (thrown instanceof ModelError) return thrown;
    throw thrown;
  }
  throw new Error('it was read');
}

describe('a model', () => {
  it.each<[string, string, string | Uint8Array, string, number]>([
    ['ONNX', 'm.onnx', variedBytes(), 'onnx', 7],
    ['TensorFlow', 'frozen.pb', frozenGraph(), 'foreign', 3],
    ['OpenVINO', 'm.xml', ir, 'foreign', 3],
    ['OpenVINO under another name', 'm.onnx', ir, 'foreign', 3],
    ['ONNX under another name', 'm.pb', variedBytes(), 'onnx', 7],
  ])('of %s is opened by its content', (_, name, content, kind, nodes) => {
    const opened = openModel(folder.write(name, content));
    try {
      expect(opened.kind).toBe(kind);
      expect(graphOf(opened).nodes).toHaveLength(nodes);
      expect(graphOf(opened, { limit: 10, expanded: ['net'] }).nodes.length).toBeGreaterThanOrEqual(nodes);
    } finally {
      opened.model.close();
    }
  });

  it('that is not ONNX is refused where it would run, with what to do', () => {
    const tensorflow = refusalOf(frozenGraph());
    expect(tensorflow.code).toBe('model-tensorflow-graph');
    expect(tensorflow.message).toBe('This is a frozen graph of TensorFlow; models run here as ONNX only.');
    expect(tensorflow.nextStep).toMatch(
      /^Convert it: `python -m tf2onnx.convert --graphdef .*`graph` show it as it is\.$/,
    );
    const openvino = refusalOf(ir);
    expect(openvino.code).toBe('model-openvino-ir');
    expect(openvino.nextStep).toContain('Take the ONNX model it was made from');
    const path = folder.write('frozen.pb', frozenGraph());
    expect(() => readModel(path)).toThrow(path);
  });

  it.each<[string, Uint8Array | string, string]>([
    ['a saved model', Uint8Array.from([...numberField(1, 1), ...field(2, field(1, field(1, 'x')))]), 'model-not-onnx'],
    ['another XML', '<?xml version="1.0"?><svg></svg>', 'model-not-onnx'],
    ['a text that begins with an empty line', '\n\nDear reader,\nthis is no model.\n', 'model-not-onnx'],
    [
      'a frozen graph with a long first name',
      Uint8Array.from(nodeDef('n'.repeat(600), 'Const')),
      'model-tensorflow-graph',
    ],
    ['an IR behind comments', '\ufeff <?xml version="1.0"?><!-- a --> <!-- b -->\n<net name="x">', 'model-openvino-ir'],
  ])('is told apart from %s', (_, bytes, code) => {
    expect(refusalOf(bytes).code).toBe(code);
  });

  it('that is broken is refused with its name, and closed', () => {
    const before = process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
    const cut = folder.write('cut.pb', frozenGraph().subarray(0, 300));
    expect(() => openModel(cut)).toThrow(`${cut}: The file ends in the middle of the graph`);
    const broken = folder.write('broken.xml', ir.slice(0, 900));
    expect(() => openModel(broken)).toThrow(`${broken}: The file is not the XML that OpenVINO writes`);
    expect(() => openModel(`${folder.path}/none.pb`)).toThrow('There is no model file');
    expect(process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0).toBe(before);
  });
});
