import type { VNode } from 'preact';
import { Icon } from './icons.tsx';
import type { Json, Schema } from './mcp.ts';

interface FieldProps {
  path: string;
  name: string;
  schema: Schema;
  required: boolean;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** The fields of an object schema. What is left empty is left out of the value. */
export function ObjectFields({ path, schema, value, onChange }: { path: string; schema: Schema; value: Json; onChange: (value: Json) => void }): VNode {
  return (
    <>
      {Object.entries(schema.properties ?? {}).map(([name, property]) => (
        <Field
          key={name}
          path={`${path}-${name}`}
          name={name}
          schema={property}
          required={schema.required?.includes(name) ?? false}
          value={value[name]}
          onChange={changed => {
            const { [name]: _, ...rest } = value;
            onChange(changed === undefined ? rest : { ...value, [name]: changed });
          }}
        />
      ))}
    </>
  );
}

function Field(props: FieldProps): VNode {
  const { path, name, required } = props;
  const schema = simplify(props.schema);
  const { description } = props.schema;
  const hint = description === undefined ? undefined : `${path}-hint`;
  const label = (
    <>
      {props.schema.title ?? name.replaceAll('_', ' ')}
      {required && <span class="required">required</span>}
    </>
  );
  const note = description !== undefined && (
    <p class="hint" id={hint}>
      {description}
    </p>
  );
  if (isGroup(schema)) {
    return (
      <fieldset class="group" aria-describedby={hint}>
        <legend>{label}</legend>
        {note}
        <Group {...props} schema={schema} />
      </fieldset>
    );
  }

  return (
    <div class="field">
      <label for={path}>{label}</label>
      <Input {...props} schema={schema} hint={hint} />
      {note}
    </div>
  );
}

function Group({ path, schema, value, onChange }: FieldProps): VNode {
  if (kind(schema) === 'object') return <ObjectFields path={path} schema={schema} value={(value ?? {}) as Json} onChange={onChange} />;
  const items = simplify(schema.items ?? {});
  const list = Array.isArray(value) ? (value as unknown[]) : value === undefined ? [] : [value];
  const set = (changed: unknown[]): void => onChange(changed.length === 0 ? undefined : changed);
  if (items.enum) return <Choices path={path} values={items.enum} chosen={list} onChange={set} />;
  return (
    <div class="rows">
      {list.map((row, index) => {
        const replace = (changed: unknown): void => set(list.map((other, at) => (at === index ? changed : other)));
        const rowPath = `${path}-${index}`;
        return (
          <div class="row" key={index} role="group" aria-label={`${index + 1} of ${list.length}`}>
            {kind(items) === 'object' ? (
              <div class="cells">
                <ObjectFields path={rowPath} schema={items} value={(row ?? {}) as Json} onChange={replace} />
              </div>
            ) : (
              <Input path={rowPath} name={`${index + 1}`} schema={items} required value={row} onChange={replace} />
            )}
            <button type="button" class="ghost small" aria-label={`Remove row ${index + 1}`} onClick={() => set(list.filter((_, at) => at !== index))}>
              <Icon name="close" />
            </button>
          </div>
        );
      })}
      <button type="button" class="quiet small" disabled={list.length >= (schema.maxItems ?? Infinity)} onClick={() => set([...list, kind(items) === 'object' ? {} : ''])}>
        <Icon name="plus" /> Add a row
      </button>
    </div>
  );
}

function Choices({ path, values, chosen, onChange }: { path: string; values: unknown[]; chosen: unknown[]; onChange: (chosen: unknown[]) => void }): VNode {
  return (
    <div class="choices">
      {values.map(value => (
        <label key={String(value)}>
          <input
            type="checkbox"
            name={path}
            checked={chosen.includes(value)}
            onChange={event => onChange(event.currentTarget.checked ? [...chosen, value] : chosen.filter(other => other !== value))}
          />
          <span>{String(value)}</span>
        </label>
      ))}
    </div>
  );
}

function Input({ path, name, schema, required, value, onChange, hint }: FieldProps & { hint?: string | undefined }): VNode {
  const common = { id: path, name, required, 'aria-describedby': hint };
  const fallback = schema.default === undefined ? '' : String(schema.default);
  if (schema.enum) {
    return (
      <select {...common} value={value === undefined ? '' : String(value)} onChange={event => onChange(schema.enum?.find(option => String(option) === event.currentTarget.value))}>
        <option value="">{required ? 'Choose …' : 'Any'}</option>
        {schema.enum.map(option => (
          <option key={String(option)} value={String(option)}>
            {String(option)}
          </option>
        ))}
      </select>
    );
  }

  switch (kind(schema)) {
    case 'boolean':
      return <input {...common} required={false} type="checkbox" checked={value === true} onChange={event => onChange(event.currentTarget.checked || (required ? false : undefined))} />;
    case 'integer':
    case 'number':
      return (
        <input
          {...common}
          type="number"
          inputMode="decimal"
          min={schema.minimum}
          max={schema.maximum}
          step={kind(schema) === 'integer' ? 1 : 'any'}
          placeholder={fallback}
          value={typeof value === 'number' ? value : ''}
          onInput={event => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.valueAsNumber)}
        />
      );
    default:
      return (
        <input
          {...common}
          type="text"
          autocomplete="off"
          spellcheck={false}
          minLength={schema.minLength}
          maxLength={schema.maxLength}
          placeholder={fallback}
          value={typeof value === 'string' ? value : ''}
          onInput={event => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
        />
      );
  }
}

/** Of alternatives the most general one: a list, where one value or several may be given; never null. */
function simplify(schema: Schema): Schema {
  const alternatives = (schema.anyOf ?? schema.oneOf)?.filter(other => other.type !== 'null');
  if (!alternatives) return schema;
  return alternatives.find(other => kind(other) === 'array') ?? alternatives[0] ?? schema;
}

function kind(schema: Schema): string | undefined {
  return Array.isArray(schema.type) ? schema.type.find(type => type !== 'null') : schema.type;
}

function isGroup(schema: Schema): boolean {
  return kind(schema) === 'array' || kind(schema) === 'object';
}
