import { DateTime } from 'luxon';
import type { Ghl } from '../ghl.ts';

/** Epoch milliseconds of an ISO time. */
export function msOf(iso: string): number {
  return DateTime.fromISO(iso).toMillis();
}

/** ISO with the offset of the zone, without milliseconds: `2026-12-01T17:00:00-06:00`. */
export function isoIn(zone: string, ms: number): string {
  return DateTime.fromMillis(ms, { zone }).toISO({ suppressMilliseconds: true }) ?? '';
}

/** `2026-12-01 17:00:00`, as a contact's own appointments have it. */
export function wallTimeIn(zone: string, iso: string): string {
  return DateTime.fromISO(iso, { zone }).toFormat('yyyy-MM-dd HH:mm:ss');
}

export function zoneOf(ghl: Ghl, locationId: string): string {
  return ghl.state.locations.get(locationId)?.timezone ?? 'UTC';
}
