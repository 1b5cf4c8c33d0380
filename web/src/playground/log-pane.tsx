import type { VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useChanges } from './hooks.ts';
import { Icon } from './icons.tsx';
import { CodeView, CopyButton } from './json-view.tsx';
import type { CallLog, LogEntry } from './log.ts';

type Lane = 'all' | 'shop' | 'widget' | 'trouble';
const lanes: Record<Lane, string> = { all: 'Everything', shop: 'With the shop', widget: 'With widgets', trouble: 'Only trouble' };

/** All that was said, both ways. */
export function LogPane({ log, onClose }: { log: CallLog; onClose: () => void }): VNode {
  useChanges(log);
  const [words, setWords] = useState('');
  const [lane, setLane] = useState<Lane>('all');
  const entries = log.entries.filter(entry => matches(entry, words.toLowerCase(), lane));
  const list = useRef<HTMLOListElement>(null);
  const follows = useRef(true);
  useLayoutEffect(() => {
    if (follows.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [entries.length]);
  // At once and not after the next picture: the drawer must never be there without its way out.
  useLayoutEffect(() => {
    const leave = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && matchMedia('(max-width: 1179px)').matches) onClose();
    };
    addEventListener('keydown', leave);
    return () => removeEventListener('keydown', leave);
  }, []);
  return (
    <aside class="log" aria-label="Log of calls">
      <div class="log-head">
        <h2>Log</h2>
        <span class="count">{entries.length}</span>
        <CopyButton text={() => JSON.stringify(entries, null, 2)} label="Copy the log" />
        <button type="button" class="ghost small" aria-label="Clear the log" title="Clear the log" onClick={() => log.clear()}>
          <Icon name="trash" />
        </button>
        <button type="button" class="ghost small log-close" aria-label="Close the log" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <div class="log-filter">
        <input type="search" aria-label="Filter the log" placeholder="Filter" value={words} onInput={event => setWords(event.currentTarget.value)} />
        <select aria-label="Which calls" value={lane} onChange={event => setLane(event.currentTarget.value as Lane)}>
          {Object.entries(lanes).map(([key, label]) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
        </select>
      </div>
      {entries.length === 0 ? (
        <p class="empty">{log.entries.length === 0 ? 'Every call between host, shop and widgets appears here.' : 'Nothing matches.'}</p>
      ) : (
        <ol
          ref={list}
          tabIndex={0}
          aria-label="Calls, oldest first"
          onScroll={event => {
            const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
            follows.current = scrollHeight - scrollTop - clientHeight < 40;
          }}
        >
          {entries.map(entry => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ol>
      )}
    </aside>
  );
}

function Entry({ entry }: { entry: LogEntry }): VNode {
  const [open, setOpen] = useState(false);
  const lane = entry.from === 'shop' || entry.to === 'shop' ? 'shop' : 'widget';
  return (
    <li class={`entry ${lane} ${entry.state}`}>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span class="way">
          {entry.from} <span aria-hidden="true">→</span>
          <span class="unseen"> to </span> {entry.to}
        </span>
        <span class="measures">
          {entry.state === 'running' && <span class="dot" />}
          {entry.state === 'failed' && <span class="bad">failed</span>}
          {entry.took !== undefined && <span>{entry.took < 10 ? entry.took.toFixed(1) : Math.round(entry.took)} ms</span>}
          <span>{sizeText(entry.size)}</span>
        </span>
        <span class="method">
          {entry.method} {entry.subject !== '' && <em>{entry.subject}</em>}
        </span>
      </button>
      {open && (
        <div class="bodies">
          {entry.request !== undefined && <CodeView value={entry.request} label={entry.state === 'sent' ? 'Message' : 'Request'} />}
          {entry.response !== undefined && <CodeView value={entry.response} label="Response" />}
        </div>
      )}
    </li>
  );
}

function matches(entry: LogEntry, words: string, lane: Lane): boolean {
  if (lane === 'trouble' && entry.state !== 'failed') return false;
  if ((lane === 'shop' || lane === 'widget') && entry.from !== lane && entry.to !== lane) return false;
  return words === '' || `${entry.from} ${entry.to} ${entry.method} ${entry.subject}`.toLowerCase().includes(words);
}

function sizeText(size: number): string {
  return size < 1000 ? `${size} B` : `${(size / 1000).toFixed(size < 10_000 ? 1 : 0)} kB`;
}
