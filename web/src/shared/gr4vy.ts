import { isRecord } from '../bridge/rpc.ts';

/** The global that Gr4vy's script defines (Embed 2.x), as far as it is used. */
export interface Gr4vy {
  setup(options: Record<string, unknown>): unknown;
}

/** What the page does with what happens in the form. None of it means that something was paid. */
export interface FormEvents {
  busy(isBusy: boolean): void;
  /** Fit for shoppers; empty when an earlier failure is over. */
  failed(text: string): void;
  /** There is a transaction, in whatever state: ask the shop. */
  created(): void;
}

const LOAD_LIMIT = 20_000;
/** A press on the button that the form answered with nothing, for example because a field is empty, counts no longer after this. */
const PRESS_LIMIT = 4_000;
const BROKEN = 'The payment form has a problem right now. Please load it again in a moment; check the order first if you have just paid.';

/** Loads the script once and gives its global. Rejects when it does not load, or loads something else. */
export function loadGr4vy(address: string, view: Window & { gr4vy?: unknown } = window): Promise<Gr4vy> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    const timer = setTimeout(() => reject(new Error('The script took too long.')), LOAD_LIMIT);
    script.addEventListener('load', () => {
      clearTimeout(timer);
      const { gr4vy } = view;
      if (isRecord(gr4vy) && typeof gr4vy['setup'] === 'function') resolve(gr4vy as unknown as Gr4vy);
      else reject(new Error('The script is not that of Gr4vy.'));
    });
    script.addEventListener('error', () => {
      clearTimeout(timer);
      reject(new Error('The script did not load.'));
    });
    script.src = address;
    document.head.append(script);
  });
}

/**
 * Gr4vy's form with one button of ours: `submit` is called by us, so no `form` may be given (both would pay twice). A press counts once until
 * the form has answered it.
 */
export class PaymentForm {
  /** From a press until the form says how it ended: a bank's window may be open that only this page can close. */
  isUnderWay = false;

  private isBusy = false;
  private isCreated = false;
  private isValid: boolean | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly form: { submit?: () => unknown } | undefined;

  constructor(
    gr4vy: Gr4vy,
    element: string | HTMLElement,
    settings: Record<string, unknown>,
    private readonly events: FormEvents,
  ) {
    const returned = gr4vy.setup({ ...settings, element, onEvent: (name: unknown, data: unknown) => this.receive(name, data) });
    this.form = isRecord(returned) ? returned : undefined;
    // The form refuses settings that it cannot use, and tells only the console.
    if (this.form?.submit === undefined) this.fail(BROKEN);
  }

  pay(): void {
    if (this.isBusy || this.isCreated || this.form?.submit === undefined) return;
    this.setBusy(true);
    this.isUnderWay = true;
    // A form that is known to be complete answers with an event of its own, sooner or later.
    if (this.isValid !== true) this.timer = setTimeout(() => this.setBusy(false), PRESS_LIMIT);
    this.form.submit();
  }

  private receive(name: unknown, data: unknown): void {
    if (name === 'formUpdate') {
      this.isValid = isRecord(data) && data['valid'] === true;
    } else if (name === 'transactionCreated') {
      // Whatever its status: a declined one too. The page is shown anew when the shop knows of it.
      this.isCreated = true;
      this.isUnderWay = false;
      this.setBusy(true);
      this.events.created();
    } else if (name === 'transactionFailed') {
      this.fail('The payment could not be made. Please try again.');
    } else if (name === 'transactionCancelled') {
      this.fail('The payment was cancelled before it was complete. You can try again.');
    } else if (name === 'apiError' || name === 'argumentError') {
      this.fail(BROKEN);
    }
  }

  private fail(text: string): void {
    if (this.isCreated) return;
    this.isUnderWay = false;
    this.setBusy(false);
    this.events.failed(text);
  }

  private setBusy(isBusy: boolean): void {
    clearTimeout(this.timer);
    this.isBusy = isBusy;
    this.events.busy(isBusy);
  }
}
