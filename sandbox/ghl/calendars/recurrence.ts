import { DateTime } from 'luxon';
import type { Appointment } from '../calendar-state.ts';
import type { Span } from './availability.ts';
import { isoIn, msOf } from './times.ts';

const units: Record<string, 'days' | 'weeks' | 'months'> = { DAILY: 'days', WEEKLY: 'weeks', MONTHLY: 'months' };
const most = 200;

/**
 * The instances of a recurring appointment that begin within the span, the appointment itself if it does not recur. Of a rule FREQ
 * (daily, weekly, monthly), INTERVAL and COUNT are understood. An instance's id is `<series>_<start ms>_<seconds>` (reference/ghl.md 2.6).
 */
export function instancesWithin(
  appointment: Appointment,
  span: Span,
  zone: string,
): (Appointment & { masterEventId?: string })[] {
  const begins = (at: number): boolean => at >= span.start && at <= span.end;
  const start = msOf(appointment.startTime);
  if (appointment.rrule === undefined) return begins(start) ? [appointment] : [];
  const rule = new Map(
    appointment.rrule
      .replace(/^RRULE:/, '')
      .split(';')
      .map((part) => part.split('=') as [string, string]),
  );
  const unit = units[rule.get('FREQ') ?? ''] ?? 'days';
  const count = Math.min(Number(rule.get('COUNT') ?? most), most);
  const interval = Number(rule.get('INTERVAL') ?? 1);
  const length = msOf(appointment.endTime) - start;
  return Array.from({ length: count }, (_, n) =>
    DateTime.fromMillis(start, { zone })
      .plus({ [unit]: n * interval })
      .toMillis(),
  )
    .filter(begins)
    .map((at) => ({
      ...appointment,
      id: `${appointment.id}_${at}_${length / 1000}`,
      masterEventId: appointment.id,
      startTime: isoIn(zone, at),
      endTime: isoIn(zone, at + length),
    }));
}
