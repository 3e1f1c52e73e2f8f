import { Context } from '@temporalio/activity';
import { asTag } from '../rules/tags.ts';
import type { DueStep } from '../store/steps.ts';
import type { CallOptions } from '../vendors/operation.ts';
import { VendorError } from '../vendors/operation.ts';
import { ghl } from '../vendors/operations.ts';
import { readOptOut } from './observe-opt-out.ts';
import type { Clients, Data } from './read.ts';

type Look = (clients: Clients, input: Data, options: CallOptions) => Promise<boolean>;

/** Writes that name no field of a record: whether what they want is so already. */
const LOOKS: Readonly<Record<string, Look>> = {
  'ghl.contact.add-tags': async (clients, input, options) => {
    const standing = await tagsOf(clients, input, options);
    return wantedTags(input).every((tag) => standing.has(tag));
  },
  'ghl.contact.remove-tags': async (clients, input, options) => {
    const standing = await tagsOf(clients, input, options);
    return !wantedTags(input).some((tag) => standing.has(tag));
  },
  'referral-rock.email.unsubscribe': (clients, input, options) => readOptOut(clients, String(input['email']), options),
  'referral-rock.email.resubscribe': async (clients, input, options) =>
    !(await readOptOut(clients, String(input['email']), options)),
};

/** An earlier attempt, or a run that Temporal has forgotten, may have sent the step. */
export function mayHaveBeenSent({ runId }: Pick<DueStep, 'runId'>): boolean {
  const { attempt, workflowExecution } = Context.current().info;
  return attempt > 1 || workflowExecution?.runId !== runId;
}

/** Whether what a step wants is so already, as far as a look can tell: then its answer was lost, and it is not sent again. */
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

async function tagsOf(clients: Clients, input: Data, options: CallOptions): Promise<Set<string>> {
  const { contact } = await clients.ghl.call(ghl.contact.get, { contactId: String(input['contactId']) }, options);
  return new Set((contact.tags ?? []).map(asTag));
}

function wantedTags(input: Data): string[] {
  return ((input['tags'] as string[] | undefined) ?? []).map(asTag);
}
