// What a tuned model can be made better in (SYSTEMS §2.3), with help; data only.

/** An objective as completion, hover and the schema show it. */
export interface ObjectiveEntry {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  /** How its figure is given. */
  readonly unit: string;
  readonly higherIsBetter: boolean;
}

/** Every objective, the default first. */
export const objectiveEntries = [
  {
    name: 'performance',
    title: 'Performance',
    help: 'Time of one run of the model on this machine.',
    unit: 'ms',
    higherIsBetter: false,
  },
  {
    name: 'footprint',
    title: 'Memory footprint',
    help: 'Peak memory of a process that runs the model.',
    unit: 'MB',
    higherIsBetter: false,
  },
  {
    name: 'modelsize',
    title: 'Model size',
    help: 'Size of the model file.',
    unit: 'MB',
    higherIsBetter: false,
  },
  {
    name: 'accuracy',
    title: 'Accuracy',
    help: 'The metric itself, beyond what the goal demands.',
    unit: '',
    higherIsBetter: true,
  },
] as const satisfies readonly ObjectiveEntry[];
