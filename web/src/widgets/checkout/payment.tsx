import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { loadGr4vy, PaymentForm } from '../../shared/gr4vy.ts';
import { Icon } from '../../shared/icons.tsx';
import type { Parts } from './checkout-view.tsx';
import type { Embed, Order } from './order.ts';

/** Makes an order of the cart. */
export function CheckOut({ checkout, label }: Parts & { label: string }): VNode {
  return (
    <section class="pay" aria-label="Payment">
      <button type="button" class="button" aria-disabled={checkout.isStarting} onClick={() => void checkout.start()}>
        {checkout.isStarting ? 'One moment…' : label}
      </button>
    </section>
  );
}

/** A button that asks the host to open the shop's page; where the host refuses, a plain link to it. */
export function Pay({ url, order, bridge, store, checkout }: Parts & { url: string; order: Order }): VNode {
  const [state, setState] = useState<'closed' | 'open' | 'refused'>('closed');
  const open = async (): Promise<void> => {
    setState((await bridge.openLink(url)) ? 'open' : 'refused');
    checkout.ask();
  };
  const isPending = order.status === 'payment_pending';
  const total = store.money(order.total, order.currency);
  return (
    <section class="pay" aria-label="Payment">
      {order.trouble !== undefined && (
        <p class="notice" role="status">
          <Icon name="alert" />
          <span>{order.trouble}</span>
        </p>
      )}
      <button type="button" class={isPending ? 'button quiet' : 'button'} onClick={() => void open()}>
        {isPending ? 'Open the checkout page' : order.status === 'payment_failed' ? `Try again: pay ${total}` : `Pay ${total}`}
        <Icon name="out" />
      </button>
      <div role="status">
        {state === 'refused' && (
          <p class="notice">
            <span>
              The assistant did not open the page.{' '}
              <a href={url} target="_blank" rel="noopener noreferrer">
                Open it yourself
              </a>
            </span>
          </p>
        )}
        {state === 'open' && !isPending && <p class="muted small">Go on in the new window: this card follows along.</p>}
      </div>
      <p class="muted small">
        {isPending ? 'Your bank may be waiting for you to confirm there.' : 'You give the delivery address and pay on the shop’s own page, which opens in a new window.'}
      </p>
    </section>
  );
}

/**
 * Gr4vy's form inside the widget (CHECKOUT_MODE=embedded), with one button. Whatever the form says, the order is shown as paid only when
 * the shop says so. Stays as it is while the order is pending, because a bank's window may need it.
 */
export function EmbeddedForm({ embed, order, store, checkout }: Parts & { embed: Embed; order: Order }): VNode {
  const place = useRef<HTMLDivElement>(null);
  const form = useRef<PaymentForm | null>(null);
  const [state, setState] = useState<'loading' | 'ready' | 'busy' | 'checking' | 'broken'>('loading');
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let isGone = false;
    loadGr4vy(embed.script).then(
      gr4vy => {
        if (isGone || place.current === null) return;
        setState('ready');
        form.current = new PaymentForm(gr4vy, place.current, embed.setup, {
          busy(isBusy) {
            setState(isBusy ? 'busy' : 'ready');
            if (isBusy) setProblem('');
          },
          failed: setProblem,
          created() {
            setState('checking');
            checkout.ask();
          },
        });
      },
      () => {
        setState('broken');
        setProblem('The payment form could not be loaded. Nothing was paid.');
      },
    );
    return () => {
      isGone = true;
    };
  }, [embed]);

  const texts = { loading: 'Loading the payment form…', ready: '', busy: 'Sending the payment…', checking: 'Checking with the shop…', broken: '' };
  return (
    <section class="pay" aria-label="Payment">
      <div class="embed" ref={place} />
      <p class="muted small" role="status">
        {order.status === 'payment_pending' ? 'Waiting for the bank…' : texts[state]}
      </p>
      <div role="alert">
        {problem !== '' && (
          <p class="notice error">
            <Icon name="alert" />
            <span>{problem}</span>
          </p>
        )}
      </div>
      {(state === 'ready' || state === 'busy') && order.status !== 'payment_pending' && (
        <button type="button" class="button" aria-disabled={state === 'busy'} onClick={() => form.current?.pay()}>
          Pay {store.money(order.total, order.currency)}
        </button>
      )}
    </section>
  );
}
