/** A schema as OpenAPI 3.0 writes it. */
export interface Schema {
  readonly type?: string | null;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly nullable?: boolean;
  readonly description?: string;
  readonly [keyword: string]: unknown;
}

/** A document's `components.schemas`, which `$ref`s name. */
export type Components = Readonly<Record<string, Schema>>;

/** A request's schema, strict: what GHL refuses as "property X should not exist" is refused here. Defaults are GHL's to fill in. */
export function requestSchema(schema: Schema, components: Components): Schema {
  const { default: preset, description, allOf: _, ...plain } = resolve(schema, components);
  const shaped = mapParts(plain, (part) => requestSchema(part, components));
  const properties = Object.entries(shaped.properties ?? {}).filter(([, { readOnly }]) => readOnly !== true);
  const said = [description, preset !== undefined && `Default: ${JSON.stringify(preset)}`].filter(Boolean);
  return {
    ...shaped,
    ...(said.length > 0 && { description: said.join('. ') }),
    ...(plain.properties && { properties: Object.fromEntries(properties) }),
    ...(plain.type === 'object' && { additionalProperties: plain.additionalProperties ?? properties.length === 0 }),
  };
}

/**
 * An answer's schema, tolerant: the documents call fields required and name values that live answers do not keep to. Only ids
 * must be there; all else may be missing or null, but has the documented type if it is there. Unknown fields pass.
 */
export function answerSchema(schema: Schema, components: Components): Schema {
  const { description, type, properties, oneOf, ...rest } = resolve(schema, components);
  const words = description === undefined ? {} : { description };
  const anyOf = rest.anyOf ?? oneOf;
  if (anyOf) return { ...words, anyOf: anyOf.map((part) => answerSchema(part, components)) };
  if (type === 'array') return { ...words, type, items: answerSchema(rest.items ?? {}, components) };
  if (type !== 'object') return { ...words, ...(type && { type }) };
  const { additionalProperties } = rest;
  const others = typeof additionalProperties === 'object' ? answerSchema(additionalProperties, components) : true;
  const fields = Object.entries(properties ?? {}).map(
    ([name, field]) => [name, answerSchema(field, components)] as const,
  );
  return {
    ...words,
    type,
    properties: Object.fromEntries(fields.map(([name, field]) => [name, isId(name) ? idOf(field) : orNull(field)])),
    required: fields.map(([name]) => name).filter(isId),
    additionalProperties: others,
  };
}

/**
 * The fields of a whole answer that must be there: `sure`, else the records that it wraps (`contact`, `tasks`), unless it is one
 * itself.
 */
export function withSureFields(answer: Schema, sure: readonly string[] | undefined): Schema {
  const { properties = {}, required = [] } = answer;
  const isWrapper = answer.type === 'object' && required.length === 0;
  const wrapped = Object.entries(properties).filter(([, { type }]) => type === 'object' || type === 'array');
  const names = sure ?? (isWrapper ? wrapped.map(([name]) => name).filter((name) => !BESIDES.test(name)) : []);
  const fields = names.map((name) => {
    const { nullable: _, ...field } = properties[name] ?? {};
    return [name, field] as const;
  });
  return { ...answer, properties: { ...properties, ...Object.fromEntries(fields) }, required: [...required, ...names] };
}

/** What stands beside the records. */
const BESIDES = /^(meta|aggregations|approvedLocations|\w+(Added|Removed))$/;

const isId = (name: string): boolean => name === 'id' || name === '_id';
const idOf = (field: Schema): Schema => ({ ...field, ...(field.type === 'string' && { minLength: 1 }) });
const orNull = (field: Schema): Schema => (field.type || field.anyOf ? { ...field, nullable: true } : field);

/** Follows `$ref`, and `allOf` around a single one. */
function resolve(schema: Schema, components: Components): Schema {
  const { $ref, ...beside } = schema;
  const named = $ref === undefined ? schema.allOf?.[0] : components[$ref.slice($ref.lastIndexOf('/') + 1)];
  if (named) return { ...resolve(named, components), ...beside };
  if ($ref !== undefined) throw new Error(`No schema ${$ref} in the document`);
  return schema;
}

function mapParts(schema: Schema, map: (part: Schema) => Schema): Schema {
  const { properties, items, anyOf, oneOf, additionalProperties, ...rest } = schema;
  return {
    ...rest,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, map(part)])),
    }),
    ...(items && { items: map(items) }),
    ...(anyOf && { anyOf: anyOf.map(map) }),
    ...(oneOf && { oneOf: oneOf.map(map) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: typeof additionalProperties === 'object' ? map(additionalProperties) : additionalProperties,
    }),
  };
}
