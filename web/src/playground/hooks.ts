import { useEffect, useReducer } from 'preact/hooks';

interface Source {
  subscribe(listener: () => void): () => void;
}

/** Draws the component again whenever the source changes, once per frame at most. */
export function useChanges(source: Source): void {
  const [, redraw] = useReducer<number, void>(count => count + 1, 0);
  useEffect(() => {
    let waiting = 0;
    const off = source.subscribe(() => {
      if (waiting === 0) waiting = requestAnimationFrame(() => ((waiting = 0), redraw()));
    });
    redraw();
    return () => {
      cancelAnimationFrame(waiting);
      off();
    };
  }, [source]);
}
