// Figures of reports as texts with their units.
import { bytesText } from '../../protocol/byteText';
import type { Environment, MachineFacts } from '../../protocol/environment';
import type { ReportSection } from './reportText';

/** `1.234 ms` */
export function millisecondsText(ms: number | null): string | null {
  return ms === null ? null : `${significant(ms)} ms`;
}

/** Four digits that tell something. */
export function significant(value: number | null): string {
  return value === null ? '–' : String(Number(value.toPrecision(4)));
}

/** `± 2 %` */
export function spreadText(spread: number): string {
  return `± ${significant(spread * 100)} %`;
}

/** Where it was measured, as far as a result says so. */
export function machineSection(environment: Environment | undefined, machine: MachineFacts | undefined): ReportSection {
  return {
    heading: 'Where it was measured',
    facts: [
      ['Processor', environment?.cpuModel ?? machine?.cpuModel],
      ['Instruction sets', machine?.cpuFlags.join(', ')],
      ['Logical cores', textOf(machine?.logicalCores)],
      ['Threads', textOf(environment?.threads)],
      ['Load when measuring began', textOf(machine?.loadAverage ?? undefined)],
      ['Memory', machine === undefined ? undefined : bytesText(machine.totalMemoryBytes)],
      ['Platform', machine?.platform],
      ['ONNX Runtime', environment?.engineVersion ?? machine?.engineVersion],
      ['Node.js', machine?.nodeVersion],
    ],
  };
}

function textOf(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
