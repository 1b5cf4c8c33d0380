import { follow, type Status } from './follow.ts';
import { embed } from './embed.ts';
import './styles.css';

/** The page works without this script, up to the payment form of Gr4vy. What the script adds: it follows the order, and guards against double clicks. */
const { page, status, state, awaits, buyer, stage } = document.body.dataset;

if (page !== undefined && status !== undefined) {
  const isForm = stage === 'details';
  let last: number | undefined;
  let isPaying = (): boolean => false;
  const { ask } = follow({
    url: status,
    // An authorization is mostly captured right away; where the shop captures later, that is not waited for.
    again: stage === 'authorized' ? 'briefly' : ['details', 'payment', 'approval', 'pending'].includes(stage ?? ''),
    seen(now: Status) {
      // While somebody types, only what makes the typing pointless may take the form away.
      const open = now.state === 'awaiting_payment' || now.state === 'payment_failed';
      const differs = now.state !== state || String(now.awaits_approval) !== awaits || String(now.has_buyer) !== buyer;
      const moved = differs || (last !== undefined && now.updated !== last);
      last = now.updated;
      if (moved && !(isForm && open) && !(isPaying() && (open || now.state === 'payment_pending'))) show(page);
    },
  });
  guardForms();
  isPaying = embed(ask);
}

writeTimes();
replaceBrokenPictures();
const problems = document.getElementById('problems');
problems?.focus();

/** The same page, as it is now. Not a reload: after a refused form that would send the form again. */
function show(address: string): void {
  announce('The order has changed.');
  location.replace(address);
}

function announce(text: string): void {
  const place = document.getElementById('announcement');
  if (place !== null) place.textContent = text;
}

/** A form is sent once, however often its button is pressed. */
function guardForms(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-once]')) {
    let isSent = false;
    form.addEventListener('submit', event => {
      if (isSent) {
        event.preventDefault();
        return;
      }

      isSent = true;
      // Not `disabled`: the pressed button's value is part of what is sent.
      for (const button of form.querySelectorAll('button')) button.setAttribute('aria-disabled', 'true');
      announce(form.dataset['once'] ?? '');
    });
    // The browser may bring the page back as it was left.
    addEventListener('pageshow', event => {
      if (!event.persisted) return;
      isSent = false;
      for (const button of form.querySelectorAll('button')) button.removeAttribute('aria-disabled');
    });
  }
}

/** Times relative to now, with the exact one as a tooltip. */
function writeTimes(): void {
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'always' });
  for (const element of document.querySelectorAll<HTMLTimeElement>('time[datetime]')) {
    const time = new Date(element.dateTime);
    if (Number.isNaN(time.getTime())) continue;
    const clock = new Intl.DateTimeFormat('en', { hour: 'numeric', minute: '2-digit' }).format(time);
    const write = (): void => {
      const minutes = Math.ceil((time.getTime() - Date.now()) / 60_000);
      const relative = Math.abs(minutes) < 120 ? format.format(minutes, 'minute') : format.format(Math.round(minutes / 60), 'hour');
      element.textContent = minutes > 0 ? `${clock} (${relative})` : clock;
    };
    element.title = time.toLocaleString('en');
    write();
    setInterval(write, 30_000);
  }
}

/** The first letter takes the place of a picture that does not load. */
function replaceBrokenPictures(): void {
  for (const picture of document.querySelectorAll<HTMLImageElement>('img[data-letter]')) {
    const replace = (): void => {
      const letter = document.createElement('span');
      letter.className = 'letter';
      letter.textContent = picture.dataset['letter'] ?? '';
      picture.replaceWith(letter);
    };
    if (picture.complete && picture.naturalWidth === 0) replace();
    else picture.addEventListener('error', replace);
  }
}
