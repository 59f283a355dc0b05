// What job processes, and the process of a queue, get to see of their parent's environment.
import { describe, expect, it } from 'vitest';
import { jobEnvironment, plainEnvironment } from '../../src/processes/jobEnvironment';

describe('jobEnvironment', () => {
  const parent = {
    PATH: '/bin',
    HOME: '/home/me',
    TMPDIR: '/tmp',
    LANG: 'de_DE.UTF-8',
    Path: 'C:\\Windows',
    SystemRoot: 'C:\\Windows',
    NODE_OPTIONS: '--inspect',
    NODE_EXTRA_CA_CERTS: '/x',
    GITHUB_TOKEN: 'secret',
    AWS_SECRET_ACCESS_KEY: 'secret',
    SSH_AUTH_SOCK: '/x',
    CI: '1',
    ORT_DISABLE_TELEMETRY: '0',
    ELECTRON_RUN_AS_NODE: '0',
  };

  it('switches the telemetry of the engine off and Electron to plain Node, whatever the parent has', () => {
    expect(jobEnvironment(parent)).toMatchObject({ ORT_DISABLE_TELEMETRY: '1', ELECTRON_RUN_AS_NODE: '1' });
    expect(jobEnvironment({})).toMatchObject({ ORT_DISABLE_TELEMETRY: '1', ELECTRON_RUN_AS_NODE: '1' });
  });

  it('hands on what programs need, and no token, no option of Node, nothing else', () => {
    expect(Object.keys(jobEnvironment(parent)).sort()).toEqual([
      'COMPRESSOR_BENCH_JOB',
      'ELECTRON_RUN_AS_NODE',
      'HOME',
      'LANG',
      'ORT_DISABLE_TELEMETRY',
      'PATH',
      'Path',
      'SystemRoot',
      'TMPDIR',
    ]);
  });

  it('names the outermost job to jobs within jobs', () => {
    expect(jobEnvironment({ ...parent, COMPRESSOR_BENCH_JOB: '4711' })).toMatchObject({ COMPRESSOR_BENCH_JOB: '4711' });
  });

  it('of a process that is no job is the same without the mark of one, also when a job starts it', () => {
    const { COMPRESSOR_BENCH_JOB: mark, ...others } = jobEnvironment(parent);
    expect(mark).toBe('own');
    expect(plainEnvironment(parent)).toEqual(others);
    expect(plainEnvironment(jobEnvironment(parent))).toEqual(others);
  });
});
