/** The part of a document that a poll needs; a test brings its own. */
export interface Watched {
  readonly hidden: boolean;
  addEventListener(type: 'visibilitychange', listener: () => void): void;
}

/** Whether to ask again: while the page is visible, only for the two minutes after which nothing more is expected, or no more. */
export type Again = boolean | 'briefly';

const BRIEFLY = 60;

/**
 * Asks again and again while the page is visible, at once when it becomes visible again, and never twice at a time. The pauses grow: what
 * has not happened in a minute will not be missed by a few seconds.
 */
export class Poll {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isStarted = false;
  private isAsking = false;
  private isAskedAgain = false;
  private asked = 0;
  private askedBriefly = 0;

  /**
   * `ask` says whether to go on; a rejection is a question that got no answer, and is repeated. `first` is the first pause in milliseconds,
   * a second unless told. Once it need not go on it rests, and asks only when the page becomes visible again.
   */
  constructor(
    private readonly ask: () => Promise<Again>,
    private readonly first = 1000,
    private readonly page: Watched = document,
  ) {
    page.addEventListener('visibilitychange', () => {
      if (this.isStarted && !page.hidden) this.start();
    });
  }

  /** Asks now, and begins anew with short pauses. */
  start(): void {
    this.isStarted = true;
    this.asked = 0;
    // What is being asked was asked before whatever made somebody start this.
    this.isAskedAgain = this.isAsking;
    clearTimeout(this.timer);
    void this.run();
  }

  private async run(): Promise<void> {
    if (this.isAsking || this.page.hidden) return;
    this.isAsking = true;
    const again = await this.ask().catch(() => true);
    this.isAsking = false;
    clearTimeout(this.timer);
    this.askedBriefly = again === 'briefly' ? this.askedBriefly + 1 : 0;
    // What begins to be expected soon is asked for often.
    if (this.askedBriefly === 1) this.asked = 0;
    if (this.isAskedAgain) this.start();
    else if (again === true || (again === 'briefly' && this.askedBriefly < BRIEFLY)) this.timer = setTimeout(() => void this.run(), this.pause());
  }

  private pause(): number {
    this.asked++;
    return this.asked < 30 ? this.first : this.asked < 60 ? this.first * 3 : Math.max(this.first * 10, 10_000);
  }
}
