// Page reloads lose nothing; where the browser keeps nothing (private windows, full stores) the page works without.
const prefix = 'cartwright.playground.';

export function recall<T>(name: string, store: Storage): T | undefined {
  try {
    const text = store.getItem(prefix + name);
    return text === null ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined;
  }
}

export function keep(name: string, value: unknown, store: Storage): void {
  try {
    store.setItem(prefix + name, JSON.stringify(value));
  } catch {
    // Then it is not kept.
  }
}
