import type { Faker } from '@faker-js/faker';
import { DateTime } from 'luxon';
import { isoIn } from '../ghl/calendars/times.ts';
import type { AppointmentStatus } from '../ghl/calendar-state.ts';
import { location, locationId } from '../ghl/constants.ts';
import type { Contact, GhlState } from '../ghl/state.ts';
import { wellKnownIds as ids } from './ids.ts';

/** One in eight contacts has a visit on a weekday within three weeks of `now`, past ones mostly kept. */
export function plantAppointments(faker: Faker, ghl: GhlState, contacts: readonly Contact[], now: number): void {
  const calendar = ghl.calendars.get(ids.calendarId);
  if (!calendar) return;
  const today = DateTime.fromMillis(now, { zone: location.timezone }).startOf('day');
  contacts
    .filter((_, n) => n % 8 === 3)
    .forEach((contact, n) => {
      const start = weekday(today.plus({ days: faker.number.int({ min: -21, max: 21 }) })).set({
        hour: faker.number.int({ min: 9, max: 16 }),
      });
      const [at, isPast] = [start.toMillis(), start.toMillis() < now];
      const dateAdded = faker.date.between({ from: contact.dateAdded, to: now }).toISOString();
      const kept: AppointmentStatus[] = ['showed', 'showed', 'showed', 'noshow', 'cancelled'];
      ghl.events.put({
        id: faker.string.alphanumeric(20),
        kind: 'appointment',
        locationId,
        calendarId: calendar.id,
        contactId: contact.id,
        groupId: calendar.groupId ?? '',
        title: `${contact.name ?? ''}: ${calendar.name}`,
        address: `${contact.address1 ?? ''}, ${contact.city ?? ''}`,
        description: '',
        meetingLocationType: 'custom',
        appointmentStatus: isPast ? faker.helpers.arrayElement(kept) : 'confirmed',
        assignedUserId: calendar.teamMembers[n % calendar.teamMembers.length]?.userId ?? '',
        startTime: isoIn(location.timezone, at),
        endTime: isoIn(location.timezone, at + 3_600_000),
        source: 'booking_widget',
        createdBy: { userId: '', source: 'booking_widget' },
        deleted: false,
        dateAdded,
        dateUpdated: dateAdded,
      });
    });
}

function weekday(day: DateTime): DateTime {
  return day.weekday > 5 ? day.plus({ days: 8 - day.weekday }) : day;
}
