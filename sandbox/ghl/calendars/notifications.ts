import { newGhlId } from '../../ids.ts';
import { type Answer, bodyFields, type Call, type Fields, type Operation, param } from '../../operation.ts';
import type { CalendarNotification } from '../calendar-state.ts';
import { recordNotFound } from '../errors.ts';
import type { Ghl } from '../ghl.ts';
import { pageOf } from '../paging.ts';
import { calendarById } from './appointments.ts';

const read = { effect: 'read', scope: 'calendars/events.readonly' } as const;
const write = { effect: 'write', scope: 'calendars/events.write' } as const;
const all = '/calendars/:calendarId/notifications';
const one = `${all}/:notificationId`;

/** What a calendar tells whom at which moment. The sandbox keeps them and sends nothing. */
export function calendarNotificationOperations(ghl: Ghl): Operation[] {
  return [
    { name: 'ghl.calendar-notification.list', method: 'GET', path: all, ...read, run: (call) => list(ghl, call) },
    { name: 'ghl.calendar-notification.create', method: 'POST', path: all, ...write, run: (call) => create(ghl, call) },
    {
      name: 'ghl.calendar-notification.get',
      method: 'GET',
      path: one,
      ...read,
      run: (call) => ({ status: 200, body: view(notificationOf(ghl, call)) }),
    },
    { name: 'ghl.calendar-notification.update', method: 'PUT', path: one, ...write, run: (call) => update(ghl, call) },
    {
      name: 'ghl.calendar-notification.delete',
      method: 'DELETE',
      path: one,
      ...write,
      run: (call) => remove(ghl, call),
    },
  ];
}

function list(ghl: Ghl, call: Call): Answer {
  const calendar = calendarById(ghl, call, param(call, 'calendarId'));
  const { isActive, deleted = 'false' } = call.query;
  const found = ghl.state.calendarNotifications
    .by('calendarId', calendar.id)
    .filter((each) => isActive === undefined || String(each.isActive) === isActive)
    .filter((each) => String(each.deleted) === deleted);
  return { status: 200, body: pageOf(call, found, { limit: 100, most: 100 }).map(view) };
}

/** Body and answer are lists. */
function create(ghl: Ghl, call: Call): Answer {
  const calendar = calendarById(ghl, call, param(call, 'calendarId'));
  const made = (call.body as Fields[]).map((input) =>
    ghl.state.calendarNotifications.put({
      isActive: true,
      ...input,
      id: newGhlId(),
      calendarId: calendar.id,
      deleted: false,
    }),
  );
  return { status: 200, body: made.map(view), recordId: made[0]?.id };
}

function update(ghl: Ghl, call: Call): Answer {
  const { id } = ghl.state.calendarNotifications.put({ ...notificationOf(ghl, call), ...bodyFields(call) });
  return { status: 200, body: { message: 'Notification updated successfully' }, recordId: id };
}

function remove(ghl: Ghl, call: Call): Answer {
  const { id } = ghl.state.calendarNotifications.put({ ...notificationOf(ghl, call), deleted: true });
  return { status: 200, body: { message: 'Notification deleted successfully' }, recordId: id };
}

function notificationOf(ghl: Ghl, call: Call): CalendarNotification {
  const calendar = calendarById(ghl, call, param(call, 'calendarId'));
  const id = param(call, 'notificationId');
  const notification = ghl.state.calendarNotifications.get(id);
  if (notification?.calendarId !== calendar.id) throw recordNotFound('Notification', id);
  return notification;
}

function view({ id, calendarId: _calendarId, ...notification }: CalendarNotification): Fields {
  return { _id: id, ...notification };
}
