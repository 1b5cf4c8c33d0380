import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Composer } from './composer.tsx';
import { useChanges } from './hooks.ts';
import { Icon } from './icons.tsx';
import { CopyButton } from './json-view.tsx';
import { LogPane } from './log-pane.tsx';
import type { Playground } from './playground.ts';
import { TopBar } from './top-bar.tsx';
import { TurnView } from './turns.tsx';

export function App({ playground }: { playground: Playground }): VNode {
  useChanges(playground);
  const { choices, theme } = playground;
  useEffect(() => void (document.documentElement.dataset['theme'] = theme), [theme]);
  useEffect(() => {
    const preference = matchMedia('(prefers-color-scheme: dark)');
    const follow = (): void => playground.changed();
    preference.addEventListener('change', follow);
    return () => preference.removeEventListener('change', follow);
  }, []);
  const closeLog = (): void => void playground.choose({ showsLog: false });
  return (
    <div class={choices.showsLog ? 'page with-log' : 'page'}>
      <TopBar playground={playground} />
      <main>
        <ConversationBar playground={playground} />
        <Thread playground={playground} />
        <Composer playground={playground} />
      </main>
      {choices.showsLog && <div class="veil" onClick={closeLog} />}
      {choices.showsLog && <LogPane log={playground.log} onClose={closeLog} />}
    </div>
  );
}

function Thread({ playground }: { playground: Playground }): VNode {
  const { turns } = playground.conversation;
  const thread = useRef<HTMLDivElement>(null);
  const last = turns.at(-1)?.id;
  useEffect(() => {
    const newest = thread.current?.querySelector('.turn:last-child');
    newest?.scrollIntoView({ block: 'start', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  }, [last]);
  return (
    <div class="thread" ref={thread} tabIndex={0} role="region" aria-label="Conversation">
      <div class="column">
        {playground.trouble !== undefined && (
          <p class="failure" role="alert">
            {playground.trouble}{' '}
            <button type="button" class="link" onClick={() => void playground.connect()}>
              Try again
            </button>
          </p>
        )}
        {turns.length === 0 && <Welcome />}
        {playground.tools.length > 0 && turns.map(turn => <TurnView key={`${playground.conversation.id} ${turn.id}`} playground={playground} turn={turn} />)}
      </div>
    </div>
  );
}

function ConversationBar({ playground }: { playground: Playground }): VNode {
  const { id } = playground.conversation;
  return (
    <div class="conversation">
      <span class="label">Conversation</span>
      <code data-testid="conversation" title={id}>
        {id.slice(3, 11)}
      </code>
      <CopyButton text={() => id} label="Copy the conversation id" />
      <label class="tells" title="In _meta of every tool call as openai/session, the way ChatGPT does. Other hosts keep it to themselves.">
        <input type="checkbox" checked={playground.choices.tellsConversation} onChange={event => void playground.choose({ tellsConversation: event.currentTarget.checked })} />
        told to the shop
      </label>
      <button type="button" class="quiet small new" onClick={() => void playground.renew()}>
        <Icon name="plus" /> New conversation
      </button>
    </div>
  );
}

function Welcome(): VNode {
  return (
    <section class="welcome">
      <h2>See your shop the way an assistant shows it</h2>
      <p>
        This page hosts the widgets like ChatGPT and Claude do: same protocol, same sandbox, a real cart. Only the model is missing, so you
        decide what it calls.
      </p>
      <ul>
        <li>
          <b>Follow the tour</b> below, one click per step.
        </li>
        <li>
          <b>Call any tool</b> with your own arguments, and read what the model would.
        </li>
        <li>
          <b>Watch the log</b> to see every message between host, shop and widget.
        </li>
      </ul>
    </section>
  );
}
