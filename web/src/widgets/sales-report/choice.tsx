import type { VNode } from 'preact';

interface Props<T extends string> {
  label: string;
  value: T;
  options: [value: T, label: string][];
  onChange(value: T): void;
}

/** One of a few: radio buttons, so that the arrow keys go from one to the next. */
export function Choice<T extends string>({ label, value, options, onChange }: Props<T>): VNode {
  return (
    <fieldset class="choice">
      <legend class="unseen">{label}</legend>
      {options.map(([option, text]) => (
        <label key={option}>
          <input type="radio" name={label} value={option} checked={option === value} onChange={() => onChange(option)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
