import { type Answer, bodyFields, type Call, type Operation, param } from '../operation.ts';
import { recordNotFound } from './errors.ts';
import { withFollowers, withoutFollowers } from './followers.ts';
import { contactOf, type Ghl, sees } from './ghl.ts';
import type { Contact } from './state.ts';

const write = { effect: 'write', scope: 'contacts.write' } as const;
const followers = '/contacts/:contactId/followers';
const campaign = '/contacts/:contactId/campaigns/:campaignId';
const workflow = '/contacts/:contactId/workflow/:workflowId';

/** Who follows a contact, and the campaigns and workflows it is in. No event tells of any of these. */
export function contactMembershipOperations(ghl: Ghl): Operation[] {
  return [
    {
      name: 'ghl.contact.add-followers',
      method: 'POST',
      path: followers,
      ...write,
      run: (call) => addFollowers(ghl, call),
    },
    {
      name: 'ghl.contact.remove-followers',
      method: 'DELETE',
      path: followers,
      ...write,
      run: (call) => removeFollowers(ghl, call),
    },
    {
      name: 'ghl.contact.add-to-campaign',
      method: 'POST',
      path: campaign,
      ...write,
      run: (call) => join(ghl, call, campaigns, 201),
    },
    {
      name: 'ghl.contact.remove-from-campaign',
      method: 'DELETE',
      path: campaign,
      ...write,
      run: (call) => leave(ghl, call, campaigns),
    },
    {
      name: 'ghl.contact.remove-from-all-campaigns',
      method: 'DELETE',
      path: '/contacts/:contactId/campaigns/removeAll',
      ...write,
      run: (call) => succeeded(200, put(ghl, contactOf(ghl, call), { campaignIds: [] }, call)),
    },
    {
      name: 'ghl.contact.add-to-workflow',
      method: 'POST',
      path: workflow,
      ...write,
      run: (call) => join(ghl, call, workflows, 200),
    },
    {
      name: 'ghl.contact.remove-from-workflow',
      method: 'DELETE',
      path: workflow,
      ...write,
      run: (call) => leave(ghl, call, workflows),
    },
  ];
}

function addFollowers(ghl: Ghl, call: Call): Answer {
  const contact = contactOf(ghl, call);
  const named = (bodyFields(call) as { followers: string[] }).followers;
  const { followers: all, changed } = withFollowers(contact.followers ?? [], named);
  put(ghl, contact, { followers: all }, call);
  return { status: 201, body: { followers: all, followersAdded: changed }, recordId: contact.id };
}

/** The followers come in a DELETE body. */
function removeFollowers(ghl: Ghl, call: Call): Answer {
  const contact = contactOf(ghl, call);
  const named = (bodyFields(call) as { followers: string[] }).followers;
  const { followers: all, changed } = withoutFollowers(contact.followers ?? [], named);
  put(ghl, contact, { followers: all }, call);
  return { status: 200, body: { followers: all, followersRemoved: changed }, recordId: contact.id };
}

/** Where a contact can be a member: the parameter that names it, the collection of it, and the list on the contact. */
const campaigns = { parameter: 'campaignId', of: 'campaigns', list: 'campaignIds', kind: 'Campaign' } as const;
const workflows = { parameter: 'workflowId', of: 'workflows', list: 'workflowIds', kind: 'Workflow' } as const;
type Place = typeof campaigns | typeof workflows;

function join(ghl: Ghl, call: Call, place: Place, status: number): Answer {
  const contact = contactOf(ghl, call);
  const { followers: ids } = withFollowers(contact[place.list] ?? [], [placeOf(ghl, call, place)]);
  return succeeded(status, put(ghl, contact, { [place.list]: ids }, call));
}

function leave(ghl: Ghl, call: Call, place: Place): Answer {
  const contact = contactOf(ghl, call);
  const { followers: ids } = withoutFollowers(contact[place.list] ?? [], [placeOf(ghl, call, place)]);
  return succeeded(200, put(ghl, contact, { [place.list]: ids }, call));
}

function placeOf(ghl: Ghl, call: Call, { parameter, of, kind }: Place): string {
  const id = param(call, parameter);
  const found = ghl.state[of].get(id);
  if (!found || !sees(call, found)) throw recordNotFound(kind, id);
  return id;
}

function put(ghl: Ghl, contact: Contact, fields: Partial<Contact>, call: Call): Contact {
  const dateUpdated = new Date(call.now).toISOString();
  return ghl.putContact({ ...contact, ...fields, dateUpdated }, call.now);
}

function succeeded(status: number, { id }: Contact): Answer {
  return { status, body: { succeded: true, succeeded: true }, recordId: id };
}
