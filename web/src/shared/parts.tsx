import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { MAX_QUANTITY } from './cart.ts';
import type { CartStore, Notice } from './cart-store.ts';
import { Icon } from './icons.tsx';
import type { Waiting } from './mount.tsx';

/** A product's picture. Decorative: the name stands beside it. Its first letter takes its place where there is none, or it does not load. */
export function Picture({ src, name }: { src: string | undefined; name: string }): VNode {
  const [broken, setBroken] = useState<string>();
  const usable = src !== undefined && /^(https?:|data:image\/)/.test(src) && broken !== src;
  return (
    <span class="picture" aria-hidden="true">
      {usable ? (
        <img src={src} alt="" width="200" height="200" loading="lazy" decoding="async" referrerpolicy="no-referrer" onError={() => setBroken(src)} />
      ) : (
        <span class="letter">{[...name][0]}</span>
      )}
    </span>
  );
}

interface StepperProps {
  name: string;
  quantity: number;
  onChange(quantity: number): void;
  /** What + does where adding is not the same as setting. */
  onMore?(): void;
}

/** Quantity with − and +, and a field for larger steps: arrow keys or digits, taken over on Enter or when it is left. */
export function Stepper({ name, quantity, onChange, onMore }: StepperProps): VNode {
  const [typed, setTyped] = useState<string>();
  const commit = (): void => {
    setTyped(undefined);
    const value = Number(typed);
    if (typed !== undefined && typed.trim() !== '' && Number.isInteger(value) && value >= 0) onChange(Math.min(value, MAX_QUANTITY));
  };
  const step = (by: number): void => {
    setTyped(undefined);
    const next = quantity + by;
    if (next >= 0 && next <= MAX_QUANTITY) onChange(next);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') commit();
    else if (event.key === 'ArrowUp') step(1);
    else if (event.key === 'ArrowDown' && quantity > 1) step(-1);
    else return;
    event.preventDefault();
  };
  return (
    <span class="stepper" role="group" aria-label={`Quantity of ${name}`}>
      <button type="button" class="step less" aria-label={quantity === 1 ? `Remove ${name}` : `One less ${name}`} onClick={() => step(-1)}>
        <Icon name={quantity === 1 ? 'trash' : 'minus'} />
      </button>
      <input
        class="quantity"
        role="spinbutton"
        inputMode="numeric"
        autocomplete="off"
        aria-label={`How many ${name}`}
        aria-valuenow={quantity}
        aria-valuemin={0}
        aria-valuemax={MAX_QUANTITY}
        value={typed ?? String(quantity)}
        onInput={event => setTyped(event.currentTarget.value)}
        onFocus={event => event.currentTarget.select()}
        onBlur={commit}
        onKeyDown={press}
      />
      <button
        type="button"
        class="step more"
        aria-label={`One more ${name}`}
        aria-disabled={quantity >= MAX_QUANTITY}
        onClick={() => (onMore === undefined ? step(1) : onMore())}
      >
        <Icon name="plus" />
      </button>
    </span>
  );
}

export function NoticeBar({ notice }: { notice: Notice | undefined }): VNode {
  // Always there, so that screen readers watch it before something is in it.
  return (
    <div role="alert" class="notices">
      {notice !== undefined && (
        <p class={notice.isError ? 'notice error' : 'notice'}>
          <Icon name="alert" />
          <span>{notice.text}</span>
        </p>
      )}
    </div>
  );
}

/** Tells screen readers what changed, and nobody else. */
export function Announcement({ text }: { text: string }): VNode {
  return (
    <p class="unseen" role="status">
      {text}
    </p>
  );
}

/** Offered when what should be shown could not be had. */
export function RetryCard({ waiting, title }: { waiting: Waiting; title: string }): VNode {
  return (
    <div class="blank" role="alert">
      <span class="badge">
        <Icon name="alert" />
      </span>
      <h1>{title}</h1>
      <p class="muted">
        {waiting.failure}
      </p>
      <button type="button" class="button" onClick={waiting.retry}>
        Try again
      </button>
    </div>
  );
}

/** The page around a widget's content, with what every widget says. */
export function Page({ name, store, children }: { name: string; store: Pick<CartStore, 'announcement'>; children: ComponentChildren }): VNode {
  return (
    <main class={name}>
      {children}
      <Announcement text={store.announcement} />
    </main>
  );
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
