import type { Operation } from '../../operation.ts';
import type { Ghl } from '../ghl.ts';
import { appointmentNoteOperations } from './appointment-notes.ts';
import { appointmentOperations } from './appointments.ts';
import { calendarOperations } from './calendars.ts';
import { eventOperations } from './events.ts';
import { calendarGroupOperations } from './groups.ts';
import { calendarNotificationOperations } from './notifications.ts';
import { calendarResourceOperations } from './resources.ts';
import { scheduleOperations } from './schedules.ts';

export function allCalendarOperations(ghl: Ghl): Operation[] {
  return [
    ...calendarOperations(ghl),
    ...appointmentOperations(ghl),
    ...eventOperations(ghl),
    ...appointmentNoteOperations(ghl),
    ...calendarGroupOperations(ghl),
    ...scheduleOperations(ghl),
    ...calendarResourceOperations(ghl),
    ...calendarNotificationOperations(ghl),
  ];
}
