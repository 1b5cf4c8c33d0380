import type { HostContext, ToolResult } from '../../bridge/host.ts';
import { Advice, textOf } from '../../bridge/host.ts';
import { isRecord } from '../../bridge/rpc.ts';
import { currenciesOf, readAnswer, type Answer } from './answer.ts';
import { nameOf, neighbour, todayIn, type Period } from './days.ts';

/** What the store needs of the bridge. */
export interface ReportHost {
  callTool(name: string, args: Record<string, unknown>): Promise<ToolResult>;
  tellModel(text: string): void;
  readonly context: HostContext;
  readonly input: Record<string, unknown> | undefined;
  readonly remembered: Record<string, unknown>;
}

export const measures = ['net', 'gross', 'orders', 'units'] as const;
export type Measure = (typeof measures)[number];
type Tool = 'sales_report' | 'top_products';

const NO_ANSWER = 'The back office did not answer. Please try again in a moment.';
const UNREADABLE = 'The back office answered something that cannot be shown here.';
const NO_QUESTION = 'The assistant has not said which period to show. Ask it for a sales report.';
const CANCELLED = 'The question was cancelled before there was an answer.';

/** The answer that is shown, and the choices of the one who looks at it. All figures are the server's. */
export class ReportStore {
  answer: Answer | undefined;
  /** Why there is no answer. */
  refusal: string | undefined;
  /** Why the last question changed nothing, or what to write to the assistant. */
  notice: { text: string; isError: boolean } | undefined;
  isLoading = false;
  /** For screen readers. */
  announcement = '';
  measure: Measure = 'net';

  private chosen: string | undefined;
  /** Results that the host has sent: one that comes again must not take the place of a period turned to since. */
  private readonly seen = new Set<string>();
  private questions = 0;

  constructor(
    private readonly host: ReportHost,
    private readonly changed: () => void,
    private readonly now: () => Date = () => new Date(),
  ) {}

  get locale(): string | undefined {
    const { locale } = this.host.context;
    return typeof locale === 'string' && locale !== '' ? locale : undefined;
  }

  /** The currency that is looked at; one that this period lacks stays chosen for the next. */
  get currency(): string {
    const all = this.answer === undefined ? [] : currenciesOf(this.answer);
    return all.find(each => each === this.chosen) ?? all[0] ?? '';
  }

  /** What the next mount should look like. No figures: hosts keep this, and show it to the model. */
  get kept(): Record<string, string> {
    return {
      measure: this.measure,
      ...(this.answer === undefined ? {} : { tool: toolOf(this.answer) }),
      ...(this.chosen === undefined ? {} : { currency: this.chosen }),
    };
  }

  choose(choice: { currency?: string; measure?: Measure }): void {
    this.chosen = choice.currency ?? this.chosen;
    this.measure = choice.measure ?? this.measure;
    this.changed();
  }

  /** Takes a result of the host. False when it is neither an answer nor a refusal. */
  receive(result: ToolResult): boolean {
    const answer = result.isError === true ? undefined : readAnswer(result.structuredContent);
    if (result.isError !== true && answer === undefined) return this.answer !== undefined;
    const known = JSON.stringify(answer ?? textOf(result));
    if (this.seen.has(known)) return true;
    this.seen.add(known);
    this.questions++;
    if (answer === undefined) this.refuse(textOf(result) || NO_ANSWER);
    else this.show(answer);
    return true;
  }

  /** The host gave the question up. */
  cancel(): void {
    if (this.answer === undefined) this.refuse(CANCELLED);
  }

  /** Asks again what the widget was shown for. */
  async fetch(): Promise<void> {
    const { input } = this.host;
    if (input === undefined) throw new Advice(NO_QUESTION);
    this.refusal = undefined;
    await this.ask(this.toolAsked(input), input);
    if (this.answer === undefined) throw new Advice(this.refusal ?? NO_ANSWER);
  }

  /** The same as `fetch`, with what comes of it in the store. */
  async retry(): Promise<void> {
    await this.fetch().catch((failure: unknown) => this.refuse(failure instanceof Advice ? failure.message : NO_ANSWER));
  }

  /** The period before or after the one that is shown, as far as it is not in the future. */
  beside(direction: 1 | -1): Period | undefined {
    return this.answer && neighbour(this.answer, direction, todayIn(this.answer.zone, this.now()));
  }

  /** Turns to the period before or after. */
  async turn(direction: 1 | -1): Promise<void> {
    const [period, { answer }] = [this.beside(direction), this];
    if (period === undefined || answer === undefined || this.isLoading) return;
    const tool = toolOf(answer);
    const n = tool === 'top_products' ? this.host.input?.['n'] : undefined;
    await this.ask(tool, { ...(n === undefined ? {} : { n }), date_start: period.start, date_end: period.end });
    if (this.answer === answer) return;
    this.announcement = `Now showing ${nameOf(period, this.locale)}`;
    this.host.tellModel(`The merchant turned to another period by hand: ${tool} from ${period.start} to ${period.end} is shown now.`);
    this.changed();
  }

  inform(text: string): void {
    this.notice = { text, isError: false };
    this.changed();
  }

  fail(text: string): void {
    this.notice = { text, isError: true };
    this.changed();
  }

  private async ask(tool: Tool, args: Record<string, unknown>): Promise<void> {
    const question = ++this.questions;
    this.isLoading = true;
    this.changed();
    let answer: Answer | undefined;
    let problem: string | undefined;
    try {
      const result = await this.host.callTool(tool, args);
      answer = result.isError === true ? undefined : readAnswer(result.structuredContent);
      if (answer === undefined) problem = (result.isError === true && textOf(result)) || UNREADABLE;
    } catch {
      problem = NO_ANSWER;
    }

    this.isLoading = false;
    // Something newer is shown already.
    if (question !== this.questions) this.changed();
    else if (answer !== undefined) this.show(answer);
    else this.refuse(problem ?? NO_ANSWER);
  }

  private show(answer: Answer): void {
    if (this.answer === undefined) this.recall();
    [this.answer, this.refusal, this.notice] = [answer, undefined, undefined];
    this.changed();
  }

  /** What is shown already stays, with the reason above it. */
  private refuse(text: string): void {
    if (this.answer === undefined) this.refusal = text;
    else this.notice = { text, isError: true };
    this.changed();
  }

  private recall(): void {
    const { measure, currency } = this.recalled;
    this.measure = measures.find(each => each === measure) ?? this.measure;
    if (typeof currency === 'string') this.chosen = currency;
  }

  private get recalled(): Record<string, unknown> {
    const { view } = this.host.remembered;
    return isRecord(view) ? view : {};
  }

  /** Hosts tell the arguments of a call, but not always its tool. */
  private toolAsked(input: Record<string, unknown>): Tool {
    const { toolInfo } = this.host.context;
    const tool = isRecord(toolInfo) && isRecord(toolInfo['tool']) ? toolInfo['tool']['name'] : this.recalled['tool'];
    if (tool === 'sales_report' || tool === 'top_products') return tool;
    const isDated = typeof input['date_start'] === 'string' && typeof input['date_end'] === 'string';
    return isDated && input['n'] === undefined ? 'sales_report' : 'top_products';
  }
}

function toolOf(answer: Answer): Tool {
  return answer.kind === 'report' ? 'sales_report' : 'top_products';
}
