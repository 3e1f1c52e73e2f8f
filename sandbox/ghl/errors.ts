import { Refusal } from '../operation.ts';

/** 400 with GHL's usual error shape. */
export function badRequest(message: string): Refusal {
  return new Refusal({ status: 400, body: { statusCode: 400, message, error: 'Bad Request' } });
}

/** 422 with one sentence per wrong property. */
export function unprocessable(messages: readonly string[]): Refusal {
  return new Refusal({ status: 422, body: { statusCode: 422, message: messages, error: 'Unprocessable Entity' } });
}

export function unauthorized(message: string): Refusal {
  return new Refusal({ status: 401, body: { statusCode: 401, message, error: 'Unauthorized' } });
}

/** A token of the wrong level: a location's where the company's is wanted, or the other way round. */
export function forbidden(): Refusal {
  return new Refusal({ status: 403, body: { statusCode: 403, message: 'Forbidden resource', error: 'Forbidden' } });
}

export function noAccessToLocation(): Refusal {
  const message = 'The token does not have access to this location';
  return new Refusal({ status: 403, body: { statusCode: 403, message, error: 'Forbidden' } });
}

/** A missing contact is a 400 with its own shape, not a 404 (reference/ghl.md 3.5). */
export function contactNotFound(id: string): Refusal {
  return new Refusal({ status: 400, body: { error: `Contact with id ${id} not found`, status: 400 }, bare: true });
}

/** What a missing task, note, tag or field answers is not recorded anywhere; 404 in GHL's usual error shape is assumed. */
export function recordNotFound(kind: string, id: string): Refusal {
  const message = `${kind} with id ${id} not found`;
  return new Refusal({ status: 404, body: { statusCode: 404, message, error: 'Not Found' } });
}
