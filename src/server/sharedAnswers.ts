// One answer for all who ask the same at the same time: it is made once, serialised once, and sent to each.
//
// A question joins only an answer whose making has not begun when it arrives. So nobody is told less than what was true
// when they asked, as if each answer had been made for its asker alone.

interface Question {
  /** The answer that will be made next; undefined when nobody waits for one. */
  waiting: Promise<Buffer> | undefined;
  /** Settles when the answer that is being made is done. */
  underWay: Promise<unknown>;
}

export class SharedAnswers {
  private readonly questions = new Map<string, Question>();

  /** The answer to a question, shared with others whose `key` is the same. */
  ask(key: string, make: () => Promise<Buffer>): Promise<Buffer> {
    // Those that arrive together with the first are read from their sockets before a turn of the event loop is over.
    const question = this.questions.get(key) ?? { waiting: undefined, underWay: new Promise(setImmediate) };
    this.questions.set(key, question);
    question.waiting ??= this.answer(key, question, make);
    return question.waiting;
  }

  private async answer(key: string, question: Question, make: () => Promise<Buffer>): Promise<Buffer> {
    await question.underWay;
    // From here on, what changes need not be in the answer any more: whoever comes now waits for the next.
    question.waiting = undefined;
    const making = make();
    question.underWay = making.catch(() => undefined);
    try {
      return await making;
    } finally {
      if (this.questions.get(key)?.waiting === undefined) this.questions.delete(key);
    }
  }
}
