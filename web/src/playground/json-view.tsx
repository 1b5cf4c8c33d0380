import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from './icons.tsx';

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
// Colouring more than this is not worth the wait.
const colored = 60_000;

/** A value as indented JSON, or a text as it is. */
export function CodeView({ value, label }: { value: unknown; label: string }): VNode {
  const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
  return (
    <div class="code">
      <CopyButton text={() => text} label={`Copy ${label}`} />
      <pre tabIndex={0} role="region" aria-label={label}>
        {typeof value === 'string' || text.length > colored ? text : paint(text)}
      </pre>
    </div>
  );
}

export function CopyButton({ text, label }: { text: () => string; label: string }): VNode {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text());
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <button type="button" class="ghost small" aria-label={copied ? 'Copied' : label} title={label} onClick={() => void copy().catch(() => undefined)}>
      <Icon name={copied ? 'check' : 'copy'} />
    </button>
  );
}

function paint(text: string): (VNode | string)[] {
  const parts: (VNode | string)[] = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    const [whole, string, colon] = match;
    parts.push(text.slice(end, match.index));
    if (string !== undefined && colon !== undefined) parts.push(<span class="j-key">{string}</span>, colon);
    else parts.push(<span class={string === undefined ? 'j-atom' : 'j-string'}>{whole}</span>);
    end = match.index + whole.length;
  }

  parts.push(text.slice(end));
  return parts;
}
