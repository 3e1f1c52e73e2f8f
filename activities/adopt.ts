import type { ConnectionFacts } from '../store/connection-state.ts';
import type { DueStep } from '../store/steps.ts';
import { fillAnswers } from '../rules/templates.ts';
import { normalizeEmail, normalizeText } from '../rules/normalize.ts';
import type { CallOptions } from '../vendors/operation.ts';
import { ghl } from '../vendors/operations.ts';
import type { Clients, Data } from './read.ts';

/**
 * Looks for the record that a create may have made before its answer was lost, by the strongest read there is: a task or note in
 * its contact's own list by our reference, a contact by the duplicate search. Undefined: it was not made.
 */
export async function findSent(
  clients: Clients,
  operationId: string,
  step: DueStep,
  connection: ConnectionFacts,
  options: CallOptions,
): Promise<Data | undefined> {
  const input = fillAnswers(step.input, step.answers);
  const contactId = String(input['contactId'] ?? '');
  const isOurs = ({ body }: { body?: string | null | undefined }): boolean =>
    step.reference !== null && (body ?? '').includes(step.reference);
  switch (operationId) {
    case 'ghl.task.create':
      return (await clients.ghl.call(ghl.task.list, { contactId }, options)).tasks.find(isOurs);
    case 'ghl.note.create':
      return (await clients.ghl.call(ghl.note.list, { contactId }, options)).notes.find(isOurs);
    case 'ghl.contact.create':
      return findContact(clients, input, connection, options);
    default:
      return undefined;
  }
}

/** A contact with the same e-mail; without one, with the same phone and names: a number alone may be a relative's. */
async function findContact(
  clients: Clients,
  input: Data,
  connection: ConnectionFacts,
  options: CallOptions,
): Promise<Data | undefined> {
  const email = normalizeEmail(input['email']);
  const phone = typeof input['phone'] === 'string' ? input['phone'] : '';
  if (email === '' && phone === '') return undefined;
  const by = email === '' ? { number: phone } : { email };
  const query = { locationId: connection.locationId, ...by };
  const { contact: found } = await clients.ghl.call(ghl.contact.findDuplicate, query, options);
  if (!found) return undefined;
  const isSame = (field: 'firstName' | 'lastName'): boolean =>
    normalizeText(found[field]).toLowerCase() === normalizeText(input[field]).toLowerCase();
  if (email !== '') return normalizeEmail(found.email) === email ? found : undefined;
  return isSame('firstName') && isSame('lastName') ? found : undefined;
}
