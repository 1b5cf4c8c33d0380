import type { HostContext } from '../bridge/host.ts';

const RIGHT_TO_LEFT = /^(ar|arc|ckb|dv|fa|he|iw|ks|ku-arab|ps|sd|ug|ur|yi)\b/i;

/** Gives the page the host's look: colours, dark or light, reading direction, safe edges. What the host leaves out falls back in the styles. */
export function applyContext(context: HostContext, root: HTMLElement = document.documentElement): void {
  const { theme, locale, styles, safeAreaInsets } = context;
  // Without the host's word the browser's preference decides (color-scheme: light dark).
  if (theme === 'light' || theme === 'dark') root.dataset['theme'] = theme;
  if (typeof locale === 'string') root.dir = RIGHT_TO_LEFT.test(locale) ? 'rtl' : 'ltr';
  for (const [name, value] of Object.entries(styles?.variables ?? {})) {
    if (name.startsWith('--') && typeof value === 'string') root.style.setProperty(name, value);
  }

  for (const side of ['top', 'right', 'bottom', 'left'] as const) {
    const inset = safeAreaInsets?.[side];
    if (typeof inset === 'number' && inset >= 0) root.style.setProperty(`--inset-${side}`, `${inset}px`);
  }
}
