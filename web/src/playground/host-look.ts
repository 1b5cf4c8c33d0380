import type { McpUiHostContext } from '@modelcontextprotocol/ext-apps/app-bridge';

export type Theme = 'light' | 'dark';

const colors: Record<string, [light: string, dark: string]> = {
  '--color-background-primary': ['#ffffff', '#1e211f'],
  '--color-background-secondary': ['#f5f6f3', '#272b28'],
  '--color-background-tertiary': ['#e9ebe6', '#323733'],
  '--color-background-inverse': ['#1b1f1c', '#f2f4f0'],
  '--color-background-ghost': ['#ffffff00', '#1e211f00'],
  '--color-background-info': ['#e6f0fb', '#182a3d'],
  '--color-background-danger': ['#fdeae7', '#401d19'],
  '--color-background-success': ['#e5f4ea', '#17321f'],
  '--color-background-warning': ['#fdf2d8', '#3a2c0e'],
  '--color-background-disabled': ['#eff0ed', '#2b2f2c'],
  '--color-text-primary': ['#1b1f1c', '#f0f2ee'],
  '--color-text-secondary': ['#5a625c', '#b2b9b3'],
  '--color-text-tertiary': ['#6d756f', '#99a19b'],
  '--color-text-inverse': ['#ffffff', '#1b1f1c'],
  '--color-text-info': ['#1d5a94', '#9ac7f5'],
  '--color-text-danger': ['#a52a1a', '#ffb0a3'],
  '--color-text-success': ['#1c6b3c', '#95d9ae'],
  '--color-text-warning': ['#7a5200', '#f2c96b'],
  '--color-text-disabled': ['#8a918c', '#7d857f'],
  '--color-border-primary': ['#d9ddd6', '#3d433f'],
  '--color-border-secondary': ['#e6e9e3', '#333834'],
  '--color-border-tertiary': ['#eff1ed', '#2b302c'],
  '--color-ring-primary': ['#1f6b4a', '#7fd1a8'],
};

const fixed: Record<string, string> = {
  '--font-sans': 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  '--font-mono': 'ui-monospace, "SF Mono", Menlo, Consolas, monospace',
  '--font-weight-normal': '400',
  '--font-weight-medium': '500',
  '--font-weight-semibold': '600',
  '--font-weight-bold': '700',
  '--font-text-xs-size': '0.75rem',
  '--font-text-sm-size': '0.875rem',
  '--font-text-md-size': '1rem',
  '--font-text-lg-size': '1.125rem',
  '--font-heading-sm-size': '1.125rem',
  '--font-heading-md-size': '1.25rem',
  '--font-heading-lg-size': '1.5rem',
  '--border-radius-xs': '4px',
  '--border-radius-sm': '6px',
  '--border-radius-md': '10px',
  '--border-radius-lg': '14px',
  '--border-radius-xl': '20px',
  '--border-radius-full': '9999px',
  '--border-width-regular': '1px',
  '--shadow-sm': '0 1px 3px rgb(0 0 0 / 0.12)',
  '--shadow-md': '0 4px 12px rgb(0 0 0 / 0.14)',
};

/** The host's style variables, by the names of MCP Apps 2026-01-26. */
export function styleVariables(theme: Theme): NonNullable<NonNullable<McpUiHostContext['styles']>['variables']> {
  const themed = Object.fromEntries(Object.entries(colors).map(([name, [light, dark]]) => [name, theme === 'light' ? light : dark]));
  return { ...themed, ...fixed } as NonNullable<NonNullable<McpUiHostContext['styles']>['variables']>;
}
