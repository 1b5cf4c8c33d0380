import { isRecord } from '../bridge/rpc.ts';
import { loadGr4vy, PaymentForm } from '../shared/gr4vy.ts';

/**
 * Puts Gr4vy's form into the payment step, where there is one. `ask` asks our server how the order stands: only its word counts. What is
 * returned tells whether the page must stay, because a payment is under way that needs it (a bank's window).
 */
export function embed(ask: () => void): () => boolean {
  let form: PaymentForm | undefined;
  const settings = readSettings();
  const place = document.getElementById('embed');
  const button = document.getElementById('pay');
  const status = document.getElementById('embed-status');
  const problem = document.getElementById('embed-problem');
  if (settings === undefined || place === null || button === null || status === null || problem === null) return () => false;

  const say = (text: string): void => {
    status.hidden = text === '';
    status.textContent = text;
  };
  const fail = (text: string): void => {
    const notice = document.createElement('p');
    notice.className = 'notice error';
    notice.textContent = text;
    problem.replaceChildren(...(text === '' ? [] : [notice]));
  };

  say('Loading the payment form…');
  loadGr4vy(settings.script).then(
    gr4vy => {
      say('');
      const made = new PaymentForm(gr4vy, '#embed', settings.setup, {
        busy(isBusy) {
          button.setAttribute('aria-disabled', String(isBusy));
          say(isBusy ? 'Sending the payment…' : '');
          if (isBusy) fail('');
        },
        failed: fail,
        created() {
          say('Checking with the shop…');
          ask();
        },
      });
      form = made;
      button.hidden = false;
      button.addEventListener('click', () => made.pay());
    },
    () => {
      say('');
      fail('The payment form could not be loaded. Check your connection and any content blocker, then load this page again. Nothing was paid.');
    },
  );
  return () => form?.isUnderWay === true;
}

function readSettings(): { script: string; setup: Record<string, unknown> } | undefined {
  const text = document.getElementById('embed-settings')?.textContent;
  const value: unknown = text === undefined || text === null ? undefined : JSON.parse(text);
  if (!isRecord(value) || typeof value['script'] !== 'string' || !isRecord(value['setup'])) return undefined;
  return { script: value['script'], setup: value['setup'] };
}
