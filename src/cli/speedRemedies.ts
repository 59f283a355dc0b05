// What the command line can do about a finding of a diagnosis; the finding itself says what a config can.
import type { SpeedFindingCode } from '../protocol/diagnosis';

const excluded = 'quantize --exclude NODE';

const remedies: Readonly<Partial<Record<SpeedFindingCode, string>>> = {
  'unfused-pairs': excluded,
  'slower-ops': excluded,
  'dynamic-integer': 'quantize --approach static',
  'signed-activations': 'quantize --activation uint8',
  'unsigned-weights': 'quantize --weight int8',
};

/** The sentences of a finding, with the command that helps where one does. */
export function withRemedy(code: string, message: string): string {
  const remedy = Object.hasOwn(remedies, code) ? remedies[code as SpeedFindingCode] : undefined;
  return remedy === undefined ? message : `${message} Here: ${remedy}.`;
}
