// Records every message of a server, and waits for those of one request.
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';

export interface Recorded {
  readonly subject: string;
  readonly status: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A Socket.IO client that keeps what it hears. Whoever connects it closes it. */
export class Recorder {
  readonly heard: Recorded[] = [];
  private readonly waiting = new Set<() => void>();

  private constructor(private readonly socket: Socket) {
    socket.onAny((subject: string, message: Omit<Recorded, 'subject'>) => {
      this.heard.push({ subject, ...message });
      for (const look of this.waiting) look();
    });
  }

  static async connect(base: string, options: Parameters<typeof io>[1] = {}): Promise<Recorder> {
    const socket = io(base, { forceNew: true, ...options });
    const recorder = new Recorder(socket);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
    return recorder;
  }

  /** All messages of a request, once one with one of the last subjects is among them. */
  until(requestId: string, ...lastSubjects: readonly string[]): Promise<readonly Recorded[]> {
    return new Promise((resolve) => {
      const look = (): void => {
        const own = this.heard.filter(({ data }) => [data['request_id'], data['id']].includes(requestId));
        if (!own.some(({ subject }) => lastSubjects.includes(subject))) return;
        this.waiting.delete(look);
        resolve(own);
      };
      this.waiting.add(look);
      look();
    });
  }

  close(): void {
    this.socket.close();
  }
}
