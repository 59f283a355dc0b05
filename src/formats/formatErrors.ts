// Every failure of reading the models of other tools, made in one place.
import { ModelError, quoted } from '../onnx/modelErrors';

function make(code: string, message: string, place: string | undefined, nextStep: string, cause?: unknown): ModelError {
  const record = { code: `model-${code}`, message, nextStep, ...(place === undefined ? {} : { place }) };
  return new ModelError(record, cause === undefined ? undefined : { cause });
}

const exportAgain = 'Get the file again from where it came, or export it again.';

/** One factory per failure; the opener adds the file's name. */
export const formatErrors = {
  damagedGraphDef: (error: ModelError): ModelError =>
    make(
      error.code === 'model-truncated' ? 'truncated' : 'malformed',
      error.code === 'model-truncated'
        ? 'The file ends in the middle of the graph: it is cut off or damaged.'
        : 'The file begins like a frozen graph of TensorFlow, but is damaged.',
      error.place,
      exportAgain,
      error,
    ),
  xml: (what: string, offset: number): ModelError =>
    make('malformed', `The file is not the XML that OpenVINO writes: ${what}.`, `character ${offset}`, exportAgain),
  ir: (what: string, place: string): ModelError =>
    make('malformed', `The file is not a valid OpenVINO IR: ${what}.`, place, exportAgain),
  irVersion: (version: string): ModelError =>
    make(
      'version',
      `The file is an OpenVINO IR of version ${quoted(version)}; versions 10 and 11 are read.`,
      'net',
      'Convert the model again with OpenVINO 2020.1 or newer.',
    ),
  notUtf8: (cause: unknown): ModelError =>
    make('malformed', 'The file is not UTF-8 text.', undefined, exportAgain, cause),
  tooLarge: (sizeBytes: number, limitBytes: number): ModelError =>
    make(
      'too-large',
      `The file has ${sizeBytes} bytes, and an OpenVINO IR of at most ${limitBytes} is read.`,
      undefined,
      'Name the .xml file itself; weights lie in the .bin file beside it.',
    ),
};
