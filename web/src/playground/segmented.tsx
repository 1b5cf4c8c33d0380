import type { VNode } from 'preact';
import { Icon, type IconName } from './icons.tsx';

interface Props<T extends string> {
  label: string;
  value: T;
  options: { value: T; label: string; icon?: IconName }[];
  onChange: (value: T) => void;
}

/** One of a few choices: radio buttons that look like a switch. */
export function Segmented<T extends string>({ label, value, options, onChange }: Props<T>): VNode {
  return (
    <fieldset class="segmented">
      <legend class="unseen">{label}</legend>
      {options.map(option => (
        <label key={option.value} title={option.icon ? option.label : undefined}>
          <input type="radio" name={label} value={option.value} checked={option.value === value} onChange={() => onChange(option.value)} />
          <span>
            {option.icon && <Icon name={option.icon} />}
            <span class={option.icon ? 'unseen' : undefined}>{option.label}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
