// Quantization sections for tests, with nothing chosen.
import type { QuantizationSection } from '../../src/config/tuningConfig';

export function sectionOf(changes: Partial<QuantizationSection> = {}): QuantizationSection {
  return {
    approach: 'static',
    samplingSizes: [100],
    recipes: { smoothQuantAlphas: [] },
    modelWise: { weight: {}, activation: {} },
    optypeWise: {},
    opWise: [],
    ...changes,
  };
}
