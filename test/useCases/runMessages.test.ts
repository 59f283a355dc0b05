// What clients hear of a run when the bench's files cannot be read at its end.
import { describe, expect, it } from 'vitest';
import { Bench } from '../../src/bench/bench';
import type { BenchParts } from '../../src/bench/bench';
import { messagesOfRun } from '../../src/bench/runs/runMessages';
import type { RunNews } from '../../src/jobs/runQueue';
import type { Store } from '../../src/store/store';

const failing = {
  find: () => Promise.reject(new Error('the disk is gone')),
  runs: () => Promise.reject(new Error('the disk is gone')),
};
const unreadable = new Bench({ ...({} as BenchParts), store: failing as unknown as Store });

function newsOf(kind: string, type: 'started' | 'ended'): RunNews {
  const run = {
    name: '2026-11-26T10-00-00-000',
    folder: '/nowhere',
    state: 'success',
    requestId: 'asd',
    queuedAt: '2026-11-26T10:00:00.000Z',
    startedAt: '2026-11-26T10:00:01.000Z',
    endedAt: '2026-11-26T10:00:02.000Z',
    failure: null,
  } as const;
  return { type, run, subject: { kind, id: 3 } };
}

describe('messages of a run whose records cannot be read', () => {
  it.each(['optimization', 'benchmark', 'profiling'])('tell the end of a run of kind %s all the same', async (kind) => {
    const messages = await messagesOfRun(unreadable, newsOf(kind, 'ended'));
    expect(messages).toMatchObject([
      { subject: `${kind}_finish`, status: 'error', data: { request_id: 'asd', id: 3 } },
    ]);
    expect(messages[0]?.data['reason']).toContain('the disk is gone');
  });

  it('leave out what is no end', async () => {
    expect(await messagesOfRun(unreadable, newsOf('optimization', 'started'))).toEqual([]);
  });

  it('are none for work that no client knows', async () => {
    expect(await messagesOfRun(unreadable, newsOf('diagnosis', 'ended'))).toEqual([]);
  });
});
