import type { VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';
import type { Json, Tool } from './mcp.ts';
import type { Playground } from './playground.ts';
import { ObjectFields } from './schema-form.tsx';

/** Calls any tool with arguments from a form made of its schema, or from plain JSON. */
export function ToolPanel({ playground, onClose }: { playground: Playground; onClose: () => void }): VNode {
  const [name, setName] = useState(playground.tools[0]?.name ?? '');
  const tool = playground.tools.find(other => other.name === name);
  const panel = useRef<HTMLElement>(null);
  useLayoutEffect(() => panel.current?.querySelector<HTMLElement>('.tool-list input:checked')?.focus(), []);
  return (
    <section
      class="tool-panel"
      aria-label="Call a tool"
      ref={panel}
      onKeyDown={event => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <div class="panel-head">
        <h2>Call a tool</h2>
        <button type="button" class="ghost small" aria-label="Close the tools" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <fieldset class="tool-list">
        <legend class="unseen">Tool</legend>
        {playground.tools.map(other => (
          <label key={other.name}>
            <input type="radio" name="tool" checked={other.name === name} onChange={() => setName(other.name)} />
            <span>
              {other.title ?? other.name}
              <code>{other.name}</code>
            </span>
          </label>
        ))}
      </fieldset>
      {tool && <ToolForm key={tool.name} playground={playground} tool={tool} onDone={onClose} />}
    </section>
  );
}

function ToolForm({ playground, tool, onDone }: { playground: Playground; tool: Tool; onDone: () => void }): VNode {
  const [args, setArgs] = useState<Json>(() => startWith(tool, playground));
  const [json, setJson] = useState<string>();
  const [mistake, setMistake] = useState<string>();
  const run = (event: Event): void => {
    event.preventDefault();
    const chosen = json === undefined ? args : parse(json);
    if (chosen === undefined) return setMistake('This is not a JSON object.');
    onDone();
    void playground.call(`${tool.title ?? tool.name}${describe(chosen)}`, tool.name, () => chosen);
  };
  const showForm = (): void => {
    const parsed = parse(json ?? '');
    if (parsed === undefined) return setMistake('This is not a JSON object.');
    setArgs(parsed);
    setJson(undefined);
    setMistake(undefined);
  };
  return (
    <form onSubmit={run}>
      <p class="description">{tool.description}</p>
      <div class="tabs" role="group" aria-label="How to give the arguments">
        <button type="button" aria-pressed={json === undefined} onClick={() => json !== undefined && showForm()}>
          Form
        </button>
        <button type="button" aria-pressed={json !== undefined} onClick={() => setJson(json ?? JSON.stringify(args, null, 2))}>
          JSON
        </button>
      </div>
      <div class="fields">
        {json === undefined ? (
          <ObjectFields path={tool.name} schema={tool.inputSchema} value={args} onChange={setArgs} />
        ) : (
          <textarea aria-label="Arguments as JSON" rows={8} spellcheck={false} value={json} onInput={event => setJson(event.currentTarget.value)} />
        )}
      </div>
      {mistake !== undefined && (
        <p class="failure" role="alert">
          {mistake}
        </p>
      )}
      <div class="panel-foot">
        <button type="submit" class="primary">
          Run {tool.name}
        </button>
      </div>
    </form>
  );
}

/** Required lists start with one row; the conversation's cart is filled in, as a model would. */
function startWith(tool: Tool, playground: Playground): Json {
  const { properties = {}, required = [] } = tool.inputSchema;
  const rows = Object.entries(properties).filter(([name, schema]) => required.includes(name) && schema.type === 'array');
  const args: Json = Object.fromEntries(rows.map(([name]) => [name, [{}]]));
  return 'cart_id' in properties ? playground.withCart(args) : args;
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text.trim() === '' ? '{}' : text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** The arguments in few words, for the shopper's side of the turn. */
function describe(args: Json): string {
  const words = Object.entries(args)
    .filter(([name]) => name !== 'cart_id' && name !== 'idempotency_key')
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  return words.length === 0 ? '' : `: ${words.join(', ')}`;
}
