// Servers for the tests of one file, on free ports, closed when the file has run.
import { afterAll } from 'vitest';
import type { AnyOperation } from '../../src/bench/operation';
import { projectOperations } from '../../src/bench/project/project';
import type { RunningServer, ServerSettings } from '../../src/server/startServer';
import { startServer } from '../../src/server/startServer';
import { fakeBench } from './fakeBench';

export const testToken = 'a-token-of-tests';

export interface TestServer extends RunningServer {
  readonly bench: ReturnType<typeof fakeBench>;
  /** Such as `http://127.0.0.1:34567`, with the prefix. */
  readonly base: string;
  /** What nobody expected, as it was told. */
  readonly failures: readonly { readonly thrown: unknown; readonly path: string }[];
}

type Start = (
  workspace: string,
  settings?: Partial<ServerSettings>,
  operations?: readonly AnyOperation[],
) => Promise<TestServer>;

/** Gives the function that starts a server on a fake bench. */
export function testServers(): Start {
  const started: AsyncDisposable[] = [];
  afterAll(() => Promise.all(started.map((server) => server[Symbol.asyncDispose]())));
  return async (workspace, settings = {}, operations = projectOperations) => {
    const bench = fakeBench(workspace);
    const failures: { thrown: unknown; path: string }[] = [];
    const all: ServerSettings = {
      host: '127.0.0.1',
      port: 0,
      token: testToken,
      allowedOrigins: [],
      urlPrefix: '',
      onFailure: (thrown, path) => failures.push({ thrown, path }),
      ...settings,
    };
    const server = await startServer(bench, operations, all);
    started.push(server);
    const scheme = all.tls === undefined ? 'http' : 'https';
    const host = all.host.includes(':') ? `[${all.host}]` : all.host === '0.0.0.0' ? '127.0.0.1' : all.host;
    return { ...server, bench, failures, base: `${scheme}://${host}:${server.port}${all.urlPrefix}` };
  };
}
