import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Turn } from './conversation.ts';
import { widths, type Playground } from './playground.ts';
import { WidgetHost } from './widget-host.ts';

interface Props {
  playground: Playground;
  turn: Turn;
  uri: string;
}

const firstHeight = 260;

/** The widget of one turn. Give it another key to mount it anew. */
export function WidgetFrame({ playground, turn, uri }: Props): VNode {
  const frame = useRef<HTMLIFrameElement>(null);
  const host = useRef<WidgetHost | undefined>(undefined);
  const [height, setHeight] = useState(firstHeight);
  const [failure, setFailure] = useState<string>();
  // A remount is told nothing: the widget has to find back by itself.
  const forgotten = turn.remounts !== undefined;
  const { result } = turn;
  const sent = useRef(result);
  const { width, locale } = playground.choices;
  const { theme } = playground;
  const isFullscreen = playground.fullscreen === turn.id;

  useEffect(() => {
    let gone = false;
    const element = frame.current!;
    playground.resource(uri).then(
      resource => {
        const tool = playground.toolOf(turn);
        if (gone || !tool) return;
        sent.current = turnNow(playground, turn).result;
        host.current = new WidgetHost({
          frame: element,
          resource,
          dialect: playground.choices.dialect,
          tool,
          args: turn.args ?? {},
          result: forgotten ? undefined : sent.current,
          state: turnNow(playground, turn).state,
          surroundings: playground.surroundings(turn, element.clientWidth),
          actions: playground.actionsFor(turn, setHeight),
          log: playground.log,
        });
        playground.mounted.set(turn.id, host.current);
      },
      (error: unknown) => setFailure(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      gone = true;
      void host.current?.close();
      if (host.current && playground.mounted.get(turn.id) === host.current) playground.mounted.delete(turn.id);
    };
  }, []);

  useEffect(() => {
    if (!result || forgotten || !host.current || sent.current === result) return;
    sent.current = result;
    host.current.setResult(result);
  }, [result]);

  useLayoutEffect(() => {
    host.current?.setSurroundings(playground.surroundings(turn, frame.current?.clientWidth ?? widths[width]));
  }, [theme, locale, width, isFullscreen]);

  if (failure !== undefined) return <p class="failure">{failure}</p>;
  return (
    <iframe
      ref={frame}
      class="widget"
      title={`Widget: ${playground.toolOf(turn)?.title ?? turn.tool ?? ''}`}
      sandbox="allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox"
      style={isFullscreen ? {} : { height: `${height}px` }}
    />
  );
}

function turnNow(playground: Playground, turn: Turn): Turn {
  return playground.conversation.turns.find(other => other.id === turn.id) ?? turn;
}
