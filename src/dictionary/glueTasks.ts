// The tasks of GLUE that can be read and measured (SYSTEMS §5.1, §5.3); data only.

/** In the order help shows them. */
export const glueTaskNames = ['mrpc', 'qqp', 'qnli', 'rte', 'sts-b', 'cola', 'mnli', 'wnli', 'sst-2'] as const;

export type GlueTaskName = (typeof glueTaskNames)[number];

/** The parameter of loader and metric, which have to agree. */
export const glueTaskParameter = {
  name: 'task',
  type: { kind: 'string', choices: glueTaskNames },
  default: 'mrpc',
  help: 'The task of GLUE: it says which columns hold the sentences and what the labels are.',
} as const;
