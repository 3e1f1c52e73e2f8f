import { Context } from '@temporalio/activity';
import { asTag } from '../rules/facts/tags.ts';
import { knownTags, noteTagging } from '../store/contact-tags.ts';
import type { Db } from '../store/database.ts';
import type { Queryable } from '../store/records.ts';
import type { DueStep } from '../store/steps.ts';
import type { CallOptions } from '../vendors/operation.ts';
import { VendorError } from '../vendors/operation.ts';
import { ghl } from '../vendors/operations.ts';
import { readOptOut } from './observe-opt-out.ts';
import type { Clients, Data } from './read.ts';

type Look = (clients: Clients, input: Data, options: CallOptions) => Promise<boolean>;

const ADD_TAGS = 'ghl.contact.add-tags';
const REMOVE_TAGS = 'ghl.contact.remove-tags';

/** Writes that name no field of a record: whether what they want is so already. */
const LOOKS: Readonly<Record<string, Look>> = {
  [ADD_TAGS]: async (clients, input, options) => hasTags(ADD_TAGS, input, await readTags(clients, input, options)),
  [REMOVE_TAGS]: async (clients, input, options) =>
    hasTags(REMOVE_TAGS, input, await readTags(clients, input, options)),
  'referral-rock.email.unsubscribe': (clients, input, options) => readOptOut(clients, String(input['email']), options),
  'referral-rock.email.resubscribe': async (clients, input, options) =>
    !(await readOptOut(clients, String(input['email']), options)),
};

/** An earlier attempt, or a run that Temporal has forgotten, may have sent the step. */
export function mayHaveBeenSent({ runId }: Pick<DueStep, 'runId'>): boolean {
  const { attempt, workflowExecution } = Context.current().info;
  return attempt > 1 || workflowExecution?.runId !== runId;
}

/** Whether what is known of a contact says that it is tagged so already, by a step before this one: it is worth a look. */
export async function seemsTagged(db: Db, step: DueStep, input: Data): Promise<boolean> {
  if (step.operation !== ADD_TAGS && step.operation !== REMOVE_TAGS) return false;
  const known = await knownTags(db, contactOf(step, input));
  return known !== undefined && hasTags(step.operation, input, known);
}

/** Keeps what a step has done to a contact's tags, for the steps after it. */
export async function noteTags(tx: Queryable, step: DueStep, input: Data): Promise<void> {
  if (step.operation !== ADD_TAGS && step.operation !== REMOVE_TAGS) return;
  await noteTagging(tx, contactOf(step, input), step.operation === ADD_TAGS ? 'add' : 'remove', wantedTags(input));
}

/** Whether what a step wants is so already, as far as a look can tell: then it is not sent, or not again. */
export async function isThereAlready(
  clients: Clients,
  { operation }: Pick<DueStep, 'operation'>,
  input: Data,
  options: CallOptions,
): Promise<boolean> {
  try {
    return (await LOOKS[operation]?.(clients, input, options)) ?? false;
  } catch (error) {
    // What the write itself is told of a record that is gone counts.
    if (error instanceof VendorError && error.kind === 'NotFound') return false;
    throw error;
  }
}

async function readTags(clients: Clients, input: Data, options: CallOptions): Promise<readonly string[]> {
  const { contact } = await clients.ghl.call(ghl.contact.get, { contactId: String(input['contactId']) }, options);
  return contact.tags ?? [];
}

/** Whether the tags are as the operation would leave them. */
function hasTags(operation: string, input: Data, tags: readonly string[]): boolean {
  const standing = new Set(tags.map(asTag));
  const wanted = wantedTags(input);
  return operation === ADD_TAGS ? wanted.every((tag) => standing.has(tag)) : !wanted.some((tag) => standing.has(tag));
}

function wantedTags(input: Data): string[] {
  return ((input['tags'] as string[] | undefined) ?? []).map(asTag);
}

function contactOf({ connectionId }: DueStep, input: Data): { connectionId: string; contactId: string } {
  return { connectionId, contactId: String(input['contactId']) };
}
