import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';
import { CodeView } from './json-view.tsx';
import type { Tool } from './mcp.ts';
import type { Turn } from './conversation.ts';
import { widths, type Playground } from './playground.ts';
import { WidgetFrame } from './widget-frame.tsx';

interface Props {
  playground: Playground;
  turn: Turn;
}

export function TurnView({ playground, turn }: Props): VNode {
  const tool = playground.toolOf(turn);
  return (
    <article class="turn" aria-label={turn.text}>
      <div class="shopper">
        {turn.from === 'widget' && <p class="by">said by the widget</p>}
        <p class="bubble" dir="auto">
          {turn.text}
        </p>
      </div>
      <div class="reply">
        {turn.said !== undefined && <p class="said">{turn.said}</p>}
        {turn.tool !== undefined && <Status turn={turn} tool={tool} />}
        {turn.failure !== undefined && <p class="failure">{turn.failure}</p>}
        {turn.tool !== undefined && <Outcome playground={playground} turn={turn} tool={tool} />}
      </div>
    </article>
  );
}

function Status({ turn, tool }: { turn: Turn; tool: Tool | undefined }): VNode {
  const running = turn.result === undefined && turn.failure === undefined;
  const failed = turn.failure !== undefined || turn.result?.isError === true;
  const words = tool?._meta?.[running ? 'openai/toolInvocation/invoking' : 'openai/toolInvocation/invoked'];
  return (
    <p class={running ? 'status running' : failed ? 'status failed' : 'status'} role="status">
      {failed ? <Icon name="alert" /> : running ? <span class="dot" /> : <Icon name="check" />}
      <span>{failed ? 'The shop refused' : typeof words === 'string' ? words : (tool?.title ?? turn.tool)}</span>
      <code>{turn.tool}</code>
      {turn.took !== undefined && <span class="took">{Math.round(turn.took)} ms</span>}
    </p>
  );
}

function Outcome({ playground, turn, tool }: Props & { tool: Tool | undefined }): VNode {
  const { choices, fullscreen } = playground;
  // An error has nothing that a widget could show; hosts then leave it to the model.
  const uri = turn.result?.isError === true || turn.failure !== undefined ? undefined : playground.widgetOf(tool);
  const isFull = fullscreen === turn.id;
  useEffect(() => {
    if (!isFull) return;
    const leave = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') playground.showFullscreen(undefined);
    };
    addEventListener('keydown', leave);
    return () => removeEventListener('keydown', leave);
  }, [isFull]);

  return (
    <>
      {uri !== undefined && (
        <div class={isFull ? 'stage full' : 'stage'} style={{ '--widget-width': `${widths[choices.width]}px` }}>
          {isFull && (
            <button type="button" class="ghost leave" onClick={() => playground.showFullscreen(undefined)}>
              <Icon name="shrink" /> Leave full screen
            </button>
          )}
          <WidgetFrame key={`${turn.id} ${choices.dialect} ${turn.remounts ?? 0}`} playground={playground} turn={turn} uri={uri} />
        </div>
      )}
      {turn.told !== undefined && (
        <p class="told" title="ui/update-model-context">
          <span>The widget told the model</span> {turn.told}
        </p>
      )}
      <Details turn={turn} open={uri === undefined && turn.failure === undefined}>
        {uri !== undefined && (
          <span class="actions">
            <button type="button" class="ghost small" onClick={() => void playground.remount(turn.id)} title="Mounts the widget again without telling it the result, as hosts do">
              <Icon name="reload" /> <span class="label">Reload widget</span>
            </button>
            <button type="button" class="ghost small" aria-label="Show the widget full screen" onClick={() => playground.showFullscreen(turn.id)}>
              <Icon name="expand" />
            </button>
          </span>
        )}
      </Details>
    </>
  );
}

function Details({ turn, open, children }: { turn: Turn; open: boolean; children: VNode | false }): VNode | null {
  const { result } = turn;
  const [chosen, setChosen] = useState<string>();
  const views = [
    { key: 'text', label: 'Model reads', value: result?.content.map(block => block.text ?? `[${block.type}]`).join('\n') },
    { key: 'structured', label: 'structuredContent', value: result?.structuredContent },
    { key: 'meta', label: '_meta', value: result?._meta },
    { key: 'call', label: 'Arguments', value: turn.args },
  ].filter(view => view.value !== undefined);
  const shown = views.find(view => view.key === (chosen ?? (open ? 'text' : '')));
  return (
    <div class="details">
      <div class="strip">
        <div class="tabs" role="group" aria-label="What the call answered">
          {views.map(view => (
            <button key={view.key} type="button" aria-expanded={view === shown} onClick={() => setChosen(view === shown ? '' : view.key)}>
              {view.label}
            </button>
          ))}
        </div>
        {children}
      </div>
      {shown && <CodeView value={shown.value} label={shown.label} />}
    </div>
  );
}
