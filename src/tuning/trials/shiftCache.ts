// Shifts of biases, measured once: a layer keeps its shift whichever others are float.
import type { QuantizationParts } from '../../quantization/qdq';
import type { BiasShifts } from '../../quantization/recipes/biasShifts';

export class ShiftCache {
  /** By what a shift depends on; null for a layer that takes none. */
  private readonly known = new Map<string, Float32Array | null>();

  /**
   * The shifts of the quantized layers of a model, measured where one of them is new.
   *
   * @param key what they depend on besides the layers: graph, samples, corrections
   * @param dependsOnInput whether the shift of a layer is another one with another scale of its input
   */
  async of(
    { key, dependsOnInput }: { readonly key: string; readonly dependsOnInput: boolean },
    parts: Pick<QuantizationParts, 'plan' | 'activations' | 'constants'>,
    measure: () => Promise<BiasShifts>,
  ): Promise<BiasShifts> {
    const layers = [...parts.plan.quantizedNodes].map(({ name, input: [input = '', weight = ''] }) => {
      const { scale, zeroPoint } = (dependsOnInput ? parts.activations.get(input) : undefined) ?? {};
      const axis = parts.constants.get(weight)?.axis;
      return { name, key: JSON.stringify([key, name, scale, zeroPoint, axis]) };
    });
    if (layers.some((layer) => !this.known.has(layer.key))) {
      const measured = await measure();
      for (const layer of layers) this.known.set(layer.key, measured.get(layer.name) ?? null);
    }
    return new Map(
      layers.flatMap((layer) => {
        const shift = this.known.get(layer.key);
        return shift === undefined || shift === null ? [] : [[layer.name, shift] as const];
      }),
    );
  }
}
