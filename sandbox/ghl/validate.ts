import { type Fields, isFields } from '../operation.ts';
import { unprocessable } from './errors.ts';

export type Rule = {
  kind: 'string' | 'email' | 'boolean' | 'number' | 'string[]' | 'object' | 'object[]' | 'date';
  required?: boolean;
  nullable?: boolean;
};
export type Rules = Record<string, Rule>;

const emailPattern = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

const checks: Record<Rule['kind'], { holds: (value: unknown) => boolean; says: string }> = {
  string: { holds: (value) => typeof value === 'string', says: 'must be a string' },
  email: {
    holds: (value) => value === '' || (typeof value === 'string' && emailPattern.test(value)),
    says: 'must be an email',
  },
  boolean: { holds: (value) => typeof value === 'boolean', says: 'must be a boolean value' },
  number: {
    holds: (value) => typeof value === 'number',
    says: 'must be a number conforming to the specified constraints',
  },
  'string[]': {
    holds: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
    says: 'must be an array of strings',
  },
  object: { holds: isFields, says: 'must be an object' },
  'object[]': { holds: (value) => Array.isArray(value) && value.every(isFields), says: 'must be an array' },
  date: {
    holds: (value) => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value)),
    says: 'must be a valid ISO 8601 date string',
  },
};

/** Refuses a body with 422 and one sentence per wrong property, unknown properties included. */
export function validate(body: Fields, rules: Rules): void {
  const messages: string[] = [];
  for (const name of Object.keys(body)) {
    if (!Object.hasOwn(rules, name)) messages.push(`property ${name} should not exist`);
  }
  for (const [name, rule] of Object.entries(rules)) {
    const value = body[name];
    if (value === undefined) {
      if (rule.required) messages.push(`${name} should not be empty`, `${name} ${checks[rule.kind].says}`);
    } else if (!(value === null && rule.nullable) && !checks[rule.kind].holds(value)) {
      messages.push(`${name} ${checks[rule.kind].says}`);
    } else if (rule.required && value === '') {
      messages.push(`${name} should not be empty`);
    }
  }
  if (messages.length > 0) throw unprocessable(messages);
}
