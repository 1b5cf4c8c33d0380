import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon, Logo } from './icons.tsx';
import { revisions, type Revision } from './mcp.ts';
import { locales, type Playground } from './playground.ts';
import { Segmented } from './segmented.tsx';

export function TopBar({ playground }: { playground: Playground }): VNode {
  const { choices } = playground;
  const [open, setOpen] = useState(false);
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!open) return;
    const leave = (event: Event): void => {
      if (event instanceof KeyboardEvent ? event.key === 'Escape' : !bar.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener('keydown', leave);
    addEventListener('pointerdown', leave);
    return () => {
      removeEventListener('keydown', leave);
      removeEventListener('pointerdown', leave);
    };
  }, [open]);

  return (
    <header class="top" ref={bar}>
      <h1>
        <Logo />
        <span>Cartwright</span> <small>Playground</small>
      </h1>
      <Segmented
        label="Host"
        value={choices.dialect}
        options={[{ value: 'apps', label: 'MCP Apps' }, { value: 'chatgpt', label: 'ChatGPT' }]}
        onChange={dialect => playground.choose({ dialect })}
      />
      <button type="button" class="ghost settings-button" aria-expanded={open} aria-controls="controls" onClick={() => setOpen(!open)}>
        <Icon name="settings" />
        <span class="unseen">Settings</span>
      </button>
      <div class={open ? 'controls open' : 'controls'} id="controls">
        <label class="select">
          <span class="unseen">Protocol revision</span>
          <select value={choices.revision} onChange={event => playground.choose({ revision: event.currentTarget.value as Revision })}>
            {revisions.map(revision => (
              <option key={revision} value={revision}>
                MCP {revision}
              </option>
            ))}
          </select>
        </label>
        <label class="select">
          <span class="unseen">Locale of the widgets</span>
          <select value={choices.locale} onChange={event => playground.choose({ locale: event.currentTarget.value })}>
            {Object.entries(locales).map(([tag, name]) => (
              <option key={tag} value={tag}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <Segmented
          label="Width of the widgets"
          value={choices.width}
          options={[{ value: 'phone', label: 'Phone', icon: 'phone' }, { value: 'tablet', label: 'Tablet', icon: 'tablet' }, { value: 'desktop', label: 'Desktop', icon: 'desktop' }]}
          onChange={width => playground.choose({ width })}
        />
        <Segmented
          label="Colours"
          value={choices.theme}
          options={[{ value: 'light', label: 'Light', icon: 'sun' }, { value: 'dark', label: 'Dark', icon: 'moon' }, { value: 'system', label: 'As the system', icon: 'system' }]}
          onChange={theme => playground.choose({ theme })}
        />
      </div>
      <LogButton playground={playground} />
    </header>
  );
}

function LogButton({ playground }: { playground: Playground }): VNode {
  const { showsLog } = playground.choices;
  return (
    <button type="button" class="ghost log-button" aria-pressed={showsLog} onClick={() => playground.choose({ showsLog: !showsLog })}>
      <Icon name="log" />
      <span>Log</span>
    </button>
  );
}
