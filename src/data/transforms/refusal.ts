// Why a transform cannot do its work, without the names of transform and sample: the registry adds those.

/** Never leaves this folder: `buildTransforms` turns it into a DataError. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** What to do now, one sentence. */
  readonly nextStep: string;

  /** @param problem completes "The transform X cannot be applied: …", with what was given and what is expected. */
  constructor(problem: string, nextStep: string) {
    super(problem);
    this.nextStep = nextStep;
  }
}
