// Work that many events ask for: done once for all of them, and once more for those that came meanwhile.

/** Calls `work` for requests, never twice at a time; resolves when work that began after the request is done. */
export class AskAgain {
  private current: Promise<void> | undefined;
  private next: Promise<void> | undefined;

  constructor(private readonly work: () => Promise<void>) {}

  request(): Promise<void> {
    if (this.current === undefined) return (this.current = this.begin());
    this.next ??= this.current.then(
      () => this.advance(),
      () => this.advance(),
    );
    return this.next;
  }

  private advance(): Promise<void> {
    this.next = undefined;
    return (this.current = this.begin());
  }

  private async begin(): Promise<void> {
    try {
      await this.work();
    } finally {
      if (this.next === undefined) this.current = undefined;
    }
  }
}
