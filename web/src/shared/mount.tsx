import { render, type VNode } from 'preact';
import { Bridge, parentPort } from '../bridge/bridge.ts';
import { Advice, textOf, type ToolResult } from '../bridge/host.ts';
import { applyContext } from './theme.ts';
import './styles.css';

/** A host that mounts a widget again (a reopened chat) may not send the result again: after this long the widget asks the shop itself. */
const PATIENCE = 1000;
/** A page without any host says so after this long. */
const LONELY = 5000;
const SIZE_DELAY = 50;
/** How long the widget asks its host to stay for calls that are under way. */
const FAREWELL = 500;

/** What a widget does with the events of its life. */
export interface Widget {
  /** Shows a result. False when it has nothing that this widget shows. */
  receive(result: ToolResult): boolean;
  /** Whether there is something to show. */
  isFilled(): boolean;
  /** Fetches what there is to show; rejects when it cannot be had, with Advice when the shop says why. */
  fetch(): Promise<void>;
  view(): VNode;
  /** Says, beside what is shown, why the host's call failed. */
  fail(text: string): void;
  /** What is worth keeping for the next mount; undefined for nothing. */
  keep(): Parameters<Bridge['keep']>[0] | undefined;
  /** Takes what an earlier mount kept, or the arguments of the call. */
  hint?(facts: Record<string, unknown>): void;
  /** The host gave the call up. Left out, what there is to show is fetched. */
  cancelled?(): void;
  /** The widget is about to go; done when nothing is under way any more. */
  leave?(): Promise<void>;
}

/** Where the widget stands before it has something to show. */
export interface Waiting {
  failure: string | undefined;
  retry(): void;
}

export interface Mounted {
  bridge: Bridge;
  waiting: Waiting;
  redraw(): void;
}

/** Connects a widget with its host and keeps it drawn. */
export function mount(name: string, create: (mounted: Mounted) => Widget): void {
  const root = document.getElementById('root')!;
  let lastSize = '';
  let sizeTimer: ReturnType<typeof setTimeout> | undefined;
  let isScheduled = false;
  let fetching = false;
  let patience: ReturnType<typeof setTimeout> | undefined;

  const bridge = new Bridge(window as Window & { openai?: never }, parentPort(window), name, {
    ready() {
      widget.hint?.(bridge.remembered);
      clearTimeout(lonely);
      lastSize = '';
      reportSize();
      patience ??= setTimeout(() => void fill(), PATIENCE);
      redraw();
    },
    result(result) {
      widget.hint?.(bridge.remembered);
      const text = result.isError === true ? textOf(result) || 'The shop could not do that.' : undefined;
      if (!widget.receive(result)) void fill(text);
      waiting.failure = undefined;
      redraw();
    },
    input(args) {
      widget.hint?.(args);
    },
    cancelled() {
      if (widget.cancelled === undefined) void fill();
      else widget.cancelled();
    },
    context(context) {
      applyContext(context);
      redraw();
    },
    async teardown() {
      keep();
      // The host drops what a frame says after it has gone.
      await Promise.race([widget.leave?.(), new Promise(resolve => setTimeout(resolve, FAREWELL))]);
    },
  });

  const waiting: Waiting = {
    failure: undefined,
    retry() {
      waiting.failure = undefined;
      redraw();
      void fill();
    },
  };
  const widget = create({ bridge, waiting, redraw });
  const lonely = setTimeout(() => {
    waiting.failure = 'This page belongs inside an assistant, and none has answered yet.';
    redraw();
  }, LONELY);

  async function fill(notice?: string): Promise<void> {
    if (!widget.isFilled() && !fetching) {
      fetching = true;
      try {
        await widget.fetch();
      } catch (failure) {
        if (!widget.isFilled()) waiting.failure = failure instanceof Advice ? failure.message : 'The shop did not answer. Please try again in a moment.';
      } finally {
        fetching = false;
      }
    }

    if (notice !== undefined) widget.fail(notice);
    redraw();
  }

  function keep(): void {
    const facts = widget.keep();
    if (facts !== undefined) bridge.keep(facts);
  }

  function redraw(): void {
    if (isScheduled) return;
    isScheduled = true;
    queueMicrotask(() => {
      isScheduled = false;
      render(widget.view(), root);
      if (widget.isFilled()) keep();
    });
  }

  new ResizeObserver(() => {
    clearTimeout(sizeTimer);
    sizeTimer = setTimeout(reportSize, SIZE_DELAY);
  }).observe(root);

  function reportSize(): void {
    const { width, height } = root.getBoundingClientRect();
    const size = [Math.ceil(width), Math.ceil(height)] as const;
    if (lastSize === size.join()) return;
    lastSize = size.join();
    bridge.reportSize(...size);
  }

  redraw();
  bridge.connect();
}
