import { DateTime } from 'luxon';
import type { Appointment, BlockSlot, Calendar } from '../calendar-state.ts';
import type { Ghl } from '../ghl.ts';
import { msOf, zoneOf } from './times.ts';

export type Span = { start: number; end: number };

const slotUnits = { mins: 60_000, hours: 3_600_000 };
const free = new Set(['cancelled', 'noshow', 'invalid']);

/** How long an appointment of the calendar is, in milliseconds. */
export function slotLength({ slotDuration, slotDurationUnit }: Calendar): number {
  return slotDuration * slotUnits[slotDurationUnit];
}

/** The team member who can take the span, or undefined: outside of the calendar's hours, or nobody is free. */
export function whoIsFree(
  ghl: Ghl,
  calendar: Calendar,
  span: Span,
  { userId, exceptId }: { userId?: string | undefined; exceptId?: string | undefined } = {},
): string | undefined {
  if (!isOpen(calendar, span, zoneOf(ghl, calendar.locationId))) return undefined;
  const busy = ghl.state.events.all().filter((event) => event.id !== exceptId && blocks(event, span));
  if (busy.some((event) => event.kind === 'block-slot' && !event.assignedUserId && event.calendarId === calendar.id))
    return undefined;
  const members = calendar.teamMembers.map((member) => member.userId).filter((id) => !userId || id === userId);
  if (members.length === 0) return busy.some((event) => event.calendarId === calendar.id) ? undefined : '';
  return members.find((id) => !busy.some((event) => event.assignedUserId === id));
}

function blocks(event: Appointment | BlockSlot, { start, end }: Span): boolean {
  if (event.deleted || (event.kind === 'appointment' && free.has(event.appointmentStatus))) return false;
  return msOf(event.startTime) < end && msOf(event.endTime) > start;
}

/** A calendar without hours is open all day. */
function isOpen({ openHours }: Calendar, { start, end }: Span, zone: string): boolean {
  if (openHours.length === 0) return true;
  const from = DateTime.fromMillis(start, { zone });
  return openSpans(openHours, from).some((span) => span.start <= start && end <= span.end);
}

/** The open spans of the day that `at` is in. Sunday is 0. */
function openSpans(openHours: Calendar['openHours'], at: DateTime): Span[] {
  const day = at.startOf('day');
  return openHours
    .filter(({ daysOfTheWeek }) => daysOfTheWeek.includes(at.weekday % 7))
    .flatMap(({ hours }) => hours)
    .map(({ openHour, openMinute, closeHour, closeMinute }) => ({
      start: day.set({ hour: openHour, minute: openMinute }).toMillis(),
      end: day.set({ hour: closeHour, minute: closeMinute }).toMillis(),
    }));
}

/** The starts of all free slots within a span, epoch milliseconds. */
export function freeSlots(ghl: Ghl, calendar: Calendar, { start, end }: Span, userIds: readonly string[]): number[] {
  const zone = zoneOf(ghl, calendar.locationId);
  const step = calendar.slotInterval * slotUnits[calendar.slotIntervalUnit];
  const length = slotLength(calendar);
  const isFree = (at: number): boolean =>
    (userIds.length === 0 ? [undefined] : userIds).some(
      (userId) => whoIsFree(ghl, calendar, { start: at, end: at + length }, { userId }) !== undefined,
    );
  const starts: number[] = [];
  for (
    let day = DateTime.fromMillis(start, { zone }).startOf('day');
    day.toMillis() < end;
    day = day.plus({ days: 1 })
  ) {
    const spans =
      calendar.openHours.length > 0
        ? openSpans(calendar.openHours, day)
        : [{ start: day.toMillis(), end: day.plus({ days: 1 }).toMillis() }];
    for (const span of spans) {
      for (let at = span.start; at + length <= span.end; at += step) {
        if (at >= start && at < end && isFree(at)) starts.push(at);
      }
    }
  }
  return starts;
}
