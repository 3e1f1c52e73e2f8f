import type { ErrorObject } from 'ajv';
import type { Schema } from './documents.ts';

/** The sentences in which GoHighLevel (class-validator) says what is wrong with a request, each once. */
export function sentencesOf(errors: readonly ErrorObject[]): string[] {
  return [...new Set(errors.flatMap(sentencesFor))];
}

function sentencesFor(error: ErrorObject): string[] {
  const path = error.instancePath.split('/').slice(2).join('.');
  const { params, keyword } = error as { params: Record<string, unknown>; keyword: string };
  switch (keyword) {
    case 'required': {
      const name = String(params['missingProperty']);
      const { properties = {} } = error.parentSchema as Schema;
      const of = within(path, name);
      return [`${of} should not be empty`, `${of} ${wantedType(properties[name]?.type)}`];
    }
    case 'additionalProperties':
      return [within(path, `property ${String(params['additionalProperty'])} should not exist`)];
    case 'minLength':
      return [`${path} should not be empty`];
    default:
      return [ofItem(path, says(keyword, params, error.parentSchema as Schema))];
  }
}

function says(keyword: string, params: Record<string, unknown>, schema: Schema): string {
  const limit = String(params['limit']);
  switch (keyword) {
    case 'type':
      return wantedType(schema.type);
    case 'enum':
      return `must be one of the following values: ${(params['allowedValues'] as readonly unknown[]).join(', ')}`;
    case 'format':
      return schema.format === 'email' ? 'must be an email' : 'must be a valid ISO 8601 date string';
    case 'maxLength':
      return `must be shorter than or equal to ${limit} characters`;
    case 'maxItems':
      return `must contain no more than ${limit} elements`;
    case 'minimum':
      return `must not be less than ${limit}`;
    case 'maximum':
      return `must not be greater than ${limit}`;
    case 'pattern':
      return `must match ${String(params['pattern'])} regular expression`;
    default:
      return 'is not valid';
  }
}

/** `tags.1` is said of each value in tags. */
function ofItem(path: string, said: string): string {
  const list = /^(.*)\.\d+$/.exec(path)?.[1];
  return list === undefined ? `${path} ${said}` : `each value in ${list} ${said}`;
}

function within(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

const wanted: Record<string, string> = {
  string: 'must be a string',
  boolean: 'must be a boolean value',
  number: 'must be a number conforming to the specified constraints',
  integer: 'must be an integer number',
  array: 'must be an array',
  object: 'must be an object',
};

function wantedType(type: string | undefined): string {
  return wanted[type ?? ''] ?? 'must be valid';
}
