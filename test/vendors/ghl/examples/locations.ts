import { ghl } from '../../../../vendors/operations.ts';
import { example, inDays, type World } from '../world.ts';

const rule = { intervalType: 'weekly', interval: 1, startDate: inDays(1), dueAfterSeconds: 3600 } as const;

async function aCustomField({ call, locationId }: World): Promise<{ locationId: string; customFieldId: string }> {
  const { customField } = await call(ghl.customField.create, { locationId, name: 'Roof age', dataType: 'TEXT' });
  return { locationId, customFieldId: customField.id };
}

async function aTag({ call, locationId }: World): Promise<{ locationId: string; tagId: string }> {
  const { tag } = await call(ghl.tag.create, { locationId, name: 'roof' });
  return { locationId, tagId: tag.id };
}

async function aRecurringTask({ call, locationId }: World): Promise<{ locationId: string; recurringTaskId: string }> {
  const { recurringTask } = await call(ghl.recurringTask.create, { locationId, title: 'Call', rruleOptions: rule });
  return { locationId, recurringTaskId: recurringTask.id };
}

export const locationExamples = [
  example(ghl.location.get, ({ locationId }) => ({ locationId })),
  example(ghl.location.search, ({ info }) => ({ companyId: info.companyId, limit: 2 }), 'agency'),
  example(ghl.location.create, ({ info }) => ({ companyId: info.companyId, name: 'Waco' }), 'agency'),
  example(
    ghl.location.update,
    ({ info }) => ({ locationId: info.ids.otherLocationIds[0], companyId: info.companyId, name: 'Waco' }),
    'agency',
  ),
  example(
    ghl.location.delete,
    ({ info }) => ({ locationId: info.ids.otherLocationIds[1], deleteTwilioAccount: false }),
    'agency',
  ),
  example(ghl.location.searchTasks, ({ locationId }) => ({ locationId, limit: 3 })),
  example(ghl.location.listTimezones, ({ locationId }) => ({ locationId })),
  example(ghl.tag.list, ({ locationId }) => ({ locationId })),
  example(ghl.tag.get, aTag),
  example(ghl.tag.create, ({ locationId }) => ({ locationId, name: 'skylights' })),
  example(ghl.tag.update, async (world) => ({ ...(await aTag(world)), name: 'roofs' })),
  example(ghl.tag.delete, aTag),
  example(ghl.recurringTask.get, aRecurringTask),
  example(ghl.recurringTask.create, ({ locationId }) => ({ locationId, title: 'Call', rruleOptions: rule })),
  example(ghl.recurringTask.update, async (world) => ({ ...(await aRecurringTask(world)), title: 'Call again' })),
  example(ghl.recurringTask.delete, aRecurringTask),
  example(ghl.customField.list, ({ locationId }) => ({ locationId, model: 'contact' as const })),
  example(ghl.customField.get, aCustomField),
  example(ghl.customField.create, ({ locationId }) => ({ locationId, name: 'Roof age', dataType: 'NUMERICAL' })),
  example(ghl.customField.update, async (world) => ({ ...(await aCustomField(world)), name: 'Age of the roof' })),
  example(ghl.customField.delete, aCustomField),
  example(ghl.customField.upload, async (world) => {
    const { locationId, customFieldId } = await aCustomField(world);
    const roof = { filename: 'roof.txt', contentType: 'text/plain', content: Buffer.from('Slate').toString('base64') };
    return { locationId, id: await world.contact(), files: { [`${customFieldId}_1`]: roof } };
  }),
  example(ghl.customValue.list, ({ locationId }) => ({ locationId })),
  example(ghl.customValue.get, ({ locationId, info }) => ({ locationId, customValueId: info.ids.customValueId })),
  example(ghl.customValue.create, ({ locationId }) => ({ locationId, name: 'Holidays', value: 'In July' })),
  example(ghl.customValue.update, ({ locationId, info }) => ({
    locationId,
    customValueId: info.ids.customValueId,
    name: 'Holidays',
    value: 'In August',
  })),
  example(ghl.customValue.delete, ({ locationId, info }) => ({ locationId, customValueId: info.ids.customValueId })),
  example(ghl.template.list, ({ locationId }) => ({ locationId, originId: locationId })),
  example(ghl.template.delete, ({ locationId, info }) => ({ locationId, templateId: info.ids.templateId })),
];
