import { create, type Overlay, read, remove, write } from './entry.ts';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
/** The document says `object`: an ISO time, with offset or Z. */
const time = { type: 'string' };
const startAndEnd = { startTime: { format: 'date-time' }, endTime: { format: 'date-time' } };
/** The document says `string`: milliseconds since 1970. */
const millis = { type: 'number', example: 1680373800000 };

const schemas = {
  AppointmentCreateSchema: { properties: startAndEnd },
  AppointmentEditSchema: { properties: startAndEnd },
  BlockSlotCreateRequestDTO: { properties: startAndEnd },
  BlockSlotEditRequestDTO: { properties: startAndEnd },
  /* From here: answers as recorded. `appoinmentStatus` is GHL's own second spelling. */
  AppointmentSchemaResponse: {
    properties: { appoinmentStatus: time, status: time, dateAdded: time, dateUpdated: time },
  },
  CalendarEventDTO: {
    properties: {
      startTime: time,
      endTime: time,
      dateAdded: time,
      dateUpdated: time,
      appoinmentStatus: time,
      deleted: { type: 'boolean', description: 'Deleted ones are still answered by their id' },
    },
  },
  GetCalendarEventSuccessfulResponseDTO: { properties: { event: null, appointment: ref('CalendarEventDTO') } },
  BlockedSlotSuccessfulResponseDto: { properties: { startTime: time, endTime: time } },
  /* Who made it: a person, or something without an id. */
  NoteCreatedBySchema: { properties: null },
  /* A calendar without hours of its own answers `openHours: {}`. */
  CalendarDTO: { properties: { openHours: { type: null, items: null } } },
  /* The one body that is a list: `notifications` in our input. */
  CreateNotifications: {
    type: 'object',
    properties: { notifications: { type: 'array', minItems: 1, items: ref('CreateCalendarNotificationDTO') } },
    required: ['notifications'],
  },
};

const eventsOfWhom = { oneOf: ['userId', 'calendarId', 'groupId'], parameters: { startTime: millis, endTime: millis } };
const schedule = { rename: { id: 'scheduleId' } };
const resource = { rename: { id: 'resourceId' } };

export const calendars = {
  patch: {
    components: { schemas },
    paths: {
      '/calendars/{calendarId}/notifications': {
        post: {
          requestBody: {
            content: { 'application/json': { schema: { type: null, items: null, ...ref('CreateNotifications') } } },
          },
        },
      },
      '/calendars/{calendarId}/free-slots': {
        get: {
          responses: {
            200: { content: { 'application/json': { schema: { properties: { traceId: { type: 'string' } } } } } },
          },
        },
      },
    },
  },
  resources: {
    calendar: {
      list: read('get-calendars', 'List calendars', "Reads a location's calendars."),
      get: read('get-calendar', 'Get a calendar', 'Reads one calendar by its id.'),
      create: create('create-calendar', 'Create a calendar', 'Makes a calendar in a location.'),
      update: write('update-calendar', 'Update a calendar', 'Changes the given settings of a calendar.'),
      delete: remove('delete-calendar', 'Delete a calendar', 'Deletes a calendar.'),
      listFreeSlots: read(
        'get-slots',
        "List a calendar's free slots",
        'Reads the times, day by day, that can still be booked within at most 31 days.',
        { parameters: { startDate: millis, endDate: millis } },
      ),
    },
    calendarGroup: {
      list: read('get-groups', 'List calendar groups', "Reads a location's calendar groups."),
      create: create('create-calendar-group', 'Create a calendar group', 'Makes a calendar group in a location.'),
      update: write('edit-group', 'Update a calendar group', "Changes a calendar group's name, description and slug."),
      setStatus: write('disable-group', 'Switch a calendar group', 'Sets whether a calendar group is active.'),
      validateSlug: read(
        'validate-groups-slug',
        "Check a calendar group's slug",
        'Tells whether a slug is free for a calendar group.',
      ),
      delete: remove('delete-group', 'Delete a calendar group', 'Deletes a calendar group.'),
    },
    appointment: {
      list: read(
        'get-calendar-events',
        'List appointments',
        'Reads the appointments of a user, calendar or group that happen within a time; not by when they changed.',
        eventsOfWhom,
      ),
      get: read('get-appointment', 'Get an appointment', 'Reads one appointment by its id.'),
      create: create('create-appointment', 'Create an appointment', 'Books an appointment of a contact in a calendar.'),
      update: write(
        'edit-appointment',
        'Update an appointment',
        'Changes the given fields of an appointment; `appointmentStatus: "cancelled"` cancels it.',
      ),
      delete: remove('delete-event', 'Delete an appointment', 'Deletes an appointment or a blocked slot.'),
    },
    blockSlot: {
      list: read(
        'get-blocked-slots',
        'List blocked slots',
        'Reads the blocked slots of a user, calendar or group within a time.',
        eventsOfWhom,
      ),
      create: create('create-block-slot', 'Block a slot', 'Blocks a time in a calendar.'),
      update: write('edit-block-slot', 'Update a blocked slot', 'Changes the time or title of a blocked slot.'),
    },
    appointmentNote: {
      list: read('get-appointment-notes', "List an appointment's notes", 'Reads the notes of an appointment.', {
        paging: { style: 'skip-limit', records: 'notes', max: 20, names: { offset: 'offset' } },
      }),
      create: create('create-appointment-note', 'Create a note on an appointment', 'Writes a note on an appointment.'),
      update: write('update-appointment-note', "Update an appointment's note", 'Rewrites a note of an appointment.'),
      delete: remove('delete-appointment-note', "Delete an appointment's note", 'Deletes a note of an appointment.'),
    },
    calendarResource: {
      list: read(
        'fetch-calendar-resources',
        'List calendar resources',
        "Reads a location's rooms or equipments that calendars can book.",
        { paging: { style: 'skip-limit' } },
      ),
      get: read('get-calendar-resource', 'Get a calendar resource', 'Reads one room or equipment.', {
        ...resource,
        sure: [],
      }),
      create: create('create-calendar-resource', 'Create a calendar resource', 'Makes a room or equipment.', {
        sure: [],
      }),
      update: write(
        'update-calendar-resource',
        'Update a calendar resource',
        'Changes the given fields of a room or equipment.',
        resource,
      ),
      delete: remove(
        'delete-calendar-resource',
        'Delete a calendar resource',
        'Deletes a room or equipment.',
        resource,
      ),
    },
    calendarNotification: {
      list: read(
        'get-event-notification',
        "List a calendar's notifications",
        'Reads the notifications of a calendar.',
        {
          paging: { style: 'skip-limit' },
        },
      ),
      get: read('find-event-notification', 'Get a notification', 'Reads one notification of a calendar.'),
      create: create(
        'create-event-notification',
        'Create notifications',
        'Makes one or more notifications of a calendar.',
        {
          encode: (body) => (body as { notifications: unknown }).notifications,
        },
      ),
      update: write(
        'update-event-notification',
        'Update a notification',
        'Changes the given fields of a notification of a calendar.',
      ),
      delete: remove('delete-event-notification', 'Delete a notification', 'Deletes a notification of a calendar.'),
    },
    schedule: {
      list: read('getAllSchedules', 'List schedules', "Reads a user's schedules of availability.", {
        paging: { style: 'skip-limit', records: 'schedules', max: 500 },
      }),
      get: read('getScheduleById', 'Get a schedule', 'Reads one schedule of availability.', schedule),
      create: create('createSchedule', 'Create a schedule', "Makes a schedule of a user's availability."),
      update: write('updateSchedule', 'Update a schedule', 'Changes the given parts of a schedule.', schedule),
      addCalendar: write(
        'add-calendar-to-schedule',
        'Apply a schedule to a calendar',
        'Has a calendar follow a schedule.',
        schedule,
      ),
      removeCalendar: write(
        'remove-calendar-from-schedule',
        'Remove a schedule from a calendar',
        'Has a calendar follow a schedule no more.',
        schedule,
      ),
      delete: remove('deleteSchedule', 'Delete a schedule', 'Deletes a schedule and its rules for good.', schedule),
    },
  },
} satisfies Overlay;
