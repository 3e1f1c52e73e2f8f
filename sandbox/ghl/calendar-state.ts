import type { Collection, Store } from '../store.ts';

export type CalendarGroup = {
  id: string;
  locationId: string;
  name: string;
  description: string;
  slug: string;
  isActive: boolean;
};

export type OpenHours = {
  daysOfTheWeek: number[];
  hours: { openHour: number; openMinute: number; closeHour: number; closeMinute: number }[];
};

/** What callers may set beyond these is kept and given back as it was given. */
export type Calendar = {
  id: string;
  locationId: string;
  name: string;
  isActive: boolean;
  groupId?: string;
  teamMembers: { userId: string; priority?: number; isPrimary?: boolean }[];
  openHours: OpenHours[];
  slotDuration: number;
  slotDurationUnit: 'mins' | 'hours';
  slotInterval: number;
  slotIntervalUnit: 'mins' | 'hours';
  autoConfirm: boolean;
  [setting: string]: unknown;
};

export const appointmentStatuses = ['new', 'confirmed', 'cancelled', 'showed', 'noshow', 'invalid'] as const;
export type AppointmentStatus = (typeof appointmentStatuses)[number];

/** Times are ISO with offset, as they were given. A deleted one stays readable by its id. */
export type Appointment = {
  id: string;
  kind: 'appointment';
  locationId: string;
  calendarId: string;
  contactId: string;
  groupId: string;
  title: string;
  address: string;
  description: string;
  meetingLocationType: string;
  appointmentStatus: AppointmentStatus;
  assignedUserId: string;
  startTime: string;
  endTime: string;
  rrule?: string | undefined;
  source: string;
  createdBy: { userId: string; source: string };
  deleted: boolean;
  dateAdded: string;
  dateUpdated: string;
};

export type BlockSlot = {
  id: string;
  kind: 'block-slot';
  locationId: string;
  calendarId: string;
  assignedUserId: string;
  title: string;
  startTime: string;
  endTime: string;
  deleted: boolean;
  dateAdded: string;
  dateUpdated: string;
};

export type AppointmentNote = {
  id: string;
  appointmentId: string;
  contactId: string;
  body: string;
  userId: string;
  dateAdded: string;
};

export type CalendarResource = {
  id: string;
  locationId: string;
  resourceType: 'equipments' | 'rooms';
  name: string;
  description: string;
  quantity: number;
  outOfService: number;
  capacity: number;
  calendarIds: string[];
  isActive: boolean;
};

export type CalendarNotification = { id: string; calendarId: string; isActive: boolean; deleted: boolean } & Record<
  string,
  unknown
>;

export type Schedule = {
  id: string;
  locationId: string;
  userId: string;
  name: string;
  timezone: string;
  rules: unknown[];
  calendarIds: string[];
  deleted: boolean;
  dateAdded: string;
  dateUpdated: string;
};

export type CalendarState = {
  calendarGroups: Collection<CalendarGroup>;
  calendars: Collection<Calendar>;
  events: Collection<Appointment | BlockSlot>;
  appointmentNotes: Collection<AppointmentNote>;
  calendarResources: Collection<CalendarResource>;
  calendarNotifications: Collection<CalendarNotification>;
  schedules: Collection<Schedule>;
};

export function openCalendarState(store: Store): CalendarState {
  return {
    calendarGroups: store.collection('ghl.calendarGroups'),
    calendars: store.collection('ghl.calendars'),
    events: store.collection<Appointment | BlockSlot>('ghl.events', {
      calendarId: (event) => event.calendarId,
      contactId: (event) => (event.kind === 'appointment' ? event.contactId : undefined),
    }),
    appointmentNotes: store.collection<AppointmentNote>('ghl.appointmentNotes', {
      appointmentId: (note) => note.appointmentId,
    }),
    calendarResources: store.collection('ghl.calendarResources'),
    calendarNotifications: store.collection<CalendarNotification>('ghl.calendarNotifications', {
      calendarId: (notification) => notification.calendarId,
    }),
    schedules: store.collection('ghl.schedules'),
  };
}
