import { ghl } from '../../../../vendors/operations.ts';
import { email, example, inDays, type World } from '../world.ts';

async function aTask({ call, contact }: World): Promise<{ contactId: string; taskId: string }> {
  const contactId = await contact();
  const { task } = await call(ghl.task.create, { contactId, title: 'Call', dueDate: inDays(1), completed: false });
  return { contactId, taskId: task.id };
}

async function aNote({ call, contact }: World): Promise<{ contactId: string; noteId: string }> {
  const contactId = await contact();
  const { note } = await call(ghl.note.create, { contactId, body: 'Hello' });
  return { contactId, noteId: note.id };
}

export const contactExamples = [
  example(ghl.contact.get, async ({ contact }) => ({ contactId: await contact() })),
  example(ghl.contact.create, ({ locationId }) => ({ locationId, firstName: 'Ida', email: email(), tags: ['new'] })),
  example(ghl.contact.update, async ({ contact }) => ({ contactId: await contact(), city: 'Round Rock', email: null })),
  example(ghl.contact.upsert, ({ locationId }) => ({ locationId, firstName: 'Ida', email: email() })),
  example(ghl.contact.delete, async ({ contact }) => ({ contactId: await contact() })),
  example(ghl.contact.search, ({ locationId }) => ({ locationId, pageLimit: 3 })),
  example(ghl.contact.findDuplicate, ({ locationId }) => ({ locationId, email: email() })),
  example(ghl.contact.list, ({ locationId }) => ({ locationId, limit: 3 })),
  example(ghl.contact.listByBusiness, ({ locationId, info }) => ({ locationId, businessId: info.ids.businessId })),
  example(ghl.contact.listAppointments, async ({ contact }) => ({ contactId: await contact() })),
  example(ghl.contact.addTags, async ({ contact }) => ({ contactId: await contact(), tags: ['roof'] })),
  example(ghl.contact.removeTags, async ({ contact }) => ({ contactId: await contact(), tags: ['roof'] })),
  example(ghl.contact.bulkUpdateTags, async ({ contact, locationId }) => ({
    type: 'add' as const,
    contacts: [await contact(), 'nobody'],
    tags: ['roof'],
    locationId,
  })),
  example(ghl.contact.bulkSetBusiness, async ({ contact, locationId, info }) => ({
    locationId,
    ids: [await contact()],
    businessId: info.ids.businessId,
  })),
  example(ghl.contact.addFollowers, async ({ contact, info }) => ({
    contactId: await contact(),
    followers: [String(info.users[0]?.id)],
  })),
  example(ghl.contact.removeFollowers, async ({ contact, info }) => ({
    contactId: await contact(),
    followers: [String(info.users[0]?.id)],
  })),
  example(ghl.contact.addToCampaign, async ({ contact, info }) => ({
    contactId: await contact(),
    campaignId: info.ids.campaignId,
  })),
  example(ghl.contact.removeFromCampaign, async ({ contact, info }) => ({
    contactId: await contact(),
    campaignId: info.ids.campaignId,
  })),
  example(ghl.contact.removeFromAllCampaigns, async ({ contact }) => ({ contactId: await contact() })),
  example(ghl.contact.addToWorkflow, async ({ contact, info }) => ({
    contactId: await contact(),
    workflowId: info.ids.workflowId,
  })),
  example(ghl.contact.removeFromWorkflow, async ({ contact, info }) => ({
    contactId: await contact(),
    workflowId: info.ids.workflowId,
  })),
  example(ghl.task.list, async ({ contact }) => ({ contactId: await contact() })),
  example(ghl.task.get, aTask),
  example(ghl.task.create, async ({ contact }) => ({
    contactId: await contact(),
    title: 'Call',
    dueDate: inDays(1),
    completed: false,
  })),
  example(ghl.task.update, async (world) => ({ ...(await aTask(world)), title: 'Call again' })),
  example(ghl.task.complete, async (world) => ({ ...(await aTask(world)), completed: true })),
  example(ghl.task.delete, aTask),
  example(ghl.note.list, async ({ contact }) => ({ contactId: await contact() })),
  example(ghl.note.get, aNote),
  example(ghl.note.create, async ({ contact }) => ({ contactId: await contact(), body: 'Hello', color: '#FFAA00' })),
  example(ghl.note.update, async (world) => ({ ...(await aNote(world)), body: 'Hello again' })),
  example(ghl.note.delete, aNote),
];
