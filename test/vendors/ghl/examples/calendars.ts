import { ghl } from '../../../../vendors/operations.ts';
import { aroundNow, example, tomorrow, type World } from '../world.ts';

const day = 86_400_000;

async function anAppointmentNote(world: World): Promise<{ appointmentId: string; noteId: string }> {
  const appointmentId = await world.appointment();
  const { note } = await world.call(ghl.appointmentNote.create, { appointmentId, body: 'Bring the ladder' });
  return { appointmentId, noteId: note.id };
}

async function aBlockSlot({ call, info, locationId }: World): Promise<string> {
  const { calendarId } = info.ids;
  return (await call(ghl.blockSlot.create, { calendarId, locationId, title: 'Lunch', ...tomorrow })).id;
}

export const calendarExamples = [
  example(ghl.calendar.list, ({ locationId }) => ({ locationId })),
  example(ghl.calendar.get, ({ info }) => ({ calendarId: info.ids.calendarId })),
  example(ghl.calendar.create, ({ locationId }) => ({ locationId, name: 'Roofs', calendarType: 'event' as const })),
  example(ghl.calendar.update, ({ info }) => ({ calendarId: info.ids.calendarId, name: 'Roofs' })),
  example(ghl.calendar.delete, ({ info }) => ({ calendarId: info.ids.calendarId })),
  example(ghl.calendar.listFreeSlots, ({ info }) => ({
    calendarId: info.ids.calendarId,
    startDate: Date.now(),
    endDate: Date.now() + 7 * day,
  })),
  example(ghl.calendarGroup.list, ({ locationId }) => ({ locationId })),
  example(ghl.calendarGroup.create, ({ locationId }) => ({
    locationId,
    name: 'Roofs',
    description: 'All',
    slug: 'roofs',
  })),
  example(ghl.calendarGroup.update, ({ info }) => ({
    groupId: info.ids.groupId,
    name: 'Roofs',
    description: 'All',
    slug: 'roofs',
  })),
  example(ghl.calendarGroup.setStatus, ({ info }) => ({ groupId: info.ids.groupId, isActive: false })),
  example(ghl.calendarGroup.validateSlug, ({ locationId }) => ({ locationId, slug: 'roofs' })),
  example(ghl.calendarGroup.delete, ({ info }) => ({ groupId: info.ids.groupId })),
  example(ghl.appointment.list, ({ locationId, info }) => ({
    locationId,
    calendarId: info.ids.calendarId,
    ...aroundNow,
  })),
  example(ghl.appointment.get, async ({ appointment }) => ({ eventId: await appointment() })),
  example(ghl.appointment.create, async ({ contact, locationId, info }) => ({
    calendarId: info.ids.calendarId,
    locationId,
    contactId: await contact(),
    ...tomorrow,
    ignoreFreeSlotValidation: true,
  })),
  example(ghl.appointment.update, async ({ appointment }) => ({
    eventId: await appointment(),
    appointmentStatus: 'cancelled' as const,
  })),
  example(ghl.appointment.delete, async ({ appointment }) => ({ eventId: await appointment() })),
  example(ghl.blockSlot.list, ({ locationId, info }) => ({
    locationId,
    calendarId: info.ids.calendarId,
    ...aroundNow,
  })),
  example(ghl.blockSlot.create, ({ locationId, info }) => ({
    locationId,
    calendarId: info.ids.calendarId,
    title: 'Lunch',
    ...tomorrow,
  })),
  example(ghl.blockSlot.update, async (world) => ({
    eventId: await aBlockSlot(world),
    locationId: world.locationId,
    calendarId: world.info.ids.calendarId,
    title: 'Dinner',
  })),
  example(ghl.appointmentNote.list, async ({ appointment }) => ({
    appointmentId: await appointment(),
    limit: 10,
    offset: 0,
  })),
  example(ghl.appointmentNote.create, async ({ appointment }) => ({
    appointmentId: await appointment(),
    body: 'Bring the ladder',
  })),
  example(ghl.appointmentNote.update, async (world) => ({ ...(await anAppointmentNote(world)), body: 'Two ladders' })),
  example(ghl.appointmentNote.delete, anAppointmentNote),
  example(ghl.calendarResource.list, ({ locationId }) => ({
    resourceType: 'rooms' as const,
    locationId,
    limit: 10,
    skip: 0,
  })),
  example(ghl.calendarResource.get, ({ info }) => ({ resourceType: 'rooms' as const, resourceId: info.ids.roomId })),
  example(ghl.calendarResource.create, ({ locationId }) => ({
    resourceType: 'equipments' as const,
    locationId,
    name: 'Ladder',
    description: 'Long',
    quantity: 2,
    outOfService: 0,
    capacity: 1,
    calendarIds: [],
  })),
  example(ghl.calendarResource.update, ({ info }) => ({
    resourceType: 'rooms' as const,
    resourceId: info.ids.roomId,
    name: 'Attic',
  })),
  example(ghl.calendarResource.delete, ({ info }) => ({ resourceType: 'rooms' as const, resourceId: info.ids.roomId })),
  example(ghl.calendarNotification.list, ({ info }) => ({ calendarId: info.ids.calendarId })),
  example(ghl.calendarNotification.get, ({ info }) => ({
    calendarId: info.ids.calendarId,
    notificationId: info.ids.notificationId,
  })),
  example(ghl.calendarNotification.create, ({ info }) => ({
    calendarId: info.ids.calendarId,
    notifications: [
      {
        receiverType: 'contact' as const,
        channel: 'email' as const,
        notificationType: 'booked' as const,
        subject: 'Hi',
      },
    ],
  })),
  example(ghl.calendarNotification.update, ({ info }) => ({
    calendarId: info.ids.calendarId,
    notificationId: info.ids.notificationId,
    isActive: false,
  })),
  example(ghl.calendarNotification.delete, ({ info }) => ({
    calendarId: info.ids.calendarId,
    notificationId: info.ids.notificationId,
  })),
  example(ghl.schedule.list, ({ locationId, info }) => ({ locationId, userId: String(info.users[0]?.id) })),
  example(ghl.schedule.get, ({ info }) => ({ scheduleId: info.ids.scheduleId })),
  example(ghl.schedule.create, ({ locationId, info }) => ({
    locationId,
    userId: String(info.users[0]?.id),
    name: 'Mornings',
    timezone: 'America/Chicago',
    rules: [{ type: 'wday' as const, day: 'monday' as const, intervals: [{ from: '08:00', to: '12:00' }] }],
  })),
  example(ghl.schedule.update, ({ info }) => ({ scheduleId: info.ids.scheduleId, name: 'Afternoons' })),
  example(ghl.schedule.addCalendar, ({ info }) => ({
    scheduleId: info.ids.scheduleId,
    calendarId: info.ids.inspectionCalendarId,
  })),
  example(ghl.schedule.removeCalendar, ({ info }) => ({
    scheduleId: info.ids.scheduleId,
    calendarId: info.ids.calendarId,
  })),
  example(ghl.schedule.delete, ({ info }) => ({ scheduleId: info.ids.scheduleId })),
];
