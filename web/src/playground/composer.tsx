import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';
import type { Playground } from './playground.ts';
import { ToolPanel } from './tool-panel.tsx';

/** Where the shopper speaks: the guided line, a message, or any tool. */
export function Composer({ playground }: { playground: Playground }): VNode {
  const [text, setText] = useState('');
  const [picking, setPicking] = useState(false);
  const picker = useRef<HTMLButtonElement>(null);
  const send = (event: Event): void => {
    event.preventDefault();
    if (text.trim() === '') return;
    setText('');
    void playground.say(text.trim());
  };
  const close = (): void => {
    setPicking(false);
    picker.current?.focus();
  };
  return (
    <div class="composer">
      {picking ? <ToolPanel playground={playground} onClose={close} /> : <GuideLine playground={playground} />}
      <form class="message" onSubmit={send}>
        <button ref={picker} type="button" class="quiet" aria-expanded={picking} disabled={playground.tools.length === 0} onClick={() => setPicking(!picking)}>
          <Icon name="tool" /> <span>Call a tool</span>
        </button>
        <input
          type="text"
          aria-label="Message"
          placeholder="Say “add two eggs”, “show my cart” …"
          autocomplete="off"
          value={text}
          onInput={event => setText(event.currentTarget.value)}
        />
        <button type="submit" class="primary round" aria-label="Send" disabled={text.trim() === ''}>
          <Icon name="send" />
        </button>
      </form>
    </div>
  );
}

function GuideLine({ playground }: { playground: Playground }): VNode | null {
  const { guide } = playground;
  const { steps, next } = guide;
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const chip = line.current?.querySelector('.next, .over');
    chip?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, [next]);
  if (steps.length === 0) return null;
  return (
    <div class="guide" ref={line}>
      <h2>Try this</h2>
      <ol>
        {steps.map((step, index) => {
          const done = guide.isDone(step.key);
          return (
            <li key={step.key}>
              <button
                type="button"
                class={done ? 'chip done' : step.key === next ? 'chip next' : 'chip'}
                aria-current={step.key === next ? 'step' : undefined}
                onClick={() => (step.run ? void step.run() : pointAtWidget())}
              >
                <span class="number">{done ? <Icon name="check" /> : index + 1}</span>
                {step.label}
                {done && <span class="unseen"> (done)</span>}
              </button>
            </li>
          );
        })}
        {next === undefined && (
          <li>
            <button type="button" class="chip over" onClick={() => playground.renew()}>
              Start over
            </button>
          </li>
        )}
      </ol>
    </div>
  );
}

/** This step is the shopper's own: it happens inside the newest widget. */
function pointAtWidget(): void {
  const stage = [...document.querySelectorAll<HTMLElement>('.stage')].at(-1);
  if (!stage) return;
  stage.scrollIntoView({ block: 'center', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  stage.classList.remove('pointed');
  void stage.offsetWidth; // Restarts the animation.
  stage.classList.add('pointed');
  stage.querySelector('iframe')?.focus();
}
