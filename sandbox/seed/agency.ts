import type { Location } from '../ghl/account-state.ts';
import type { OpenHours } from '../ghl/calendar-state.ts';
import { companyId, location, locationId } from '../ghl/constants.ts';
import type { GhlState } from '../ghl/state.ts';
import { wellKnownIds as ids } from './ids.ts';
import { userIds } from './account.ts';

const day = 86_400_000;

/** The company's locations, and what people make in the pages of the first: pipelines, calendars, campaigns, workflows, templates. */
export function plantAgency(ghl: GhlState, now: number): void {
  const at = new Date(now - 400 * day).toISOString();
  plantLocations(ghl, at);
  plantPipelines(ghl, at);
  plantCalendars(ghl, at);
  const named = (id: string, name: string) => ({ id, name, locationId });
  ghl.campaigns.put(named(ids.campaignId, 'Spring roof check'));
  ghl.workflows.put(named(ids.workflowId, 'New lead follow-up'));
  ghl.businesses.put(named(ids.businessId, 'Hill Country Builders'));
  ghl.customValues.put({
    id: ids.customValueId,
    name: 'Office hours',
    fieldKey: '{{ custom_values.office_hours }}',
    value: 'Mon to Fri, 8 to 6',
    locationId,
  });
  ghl.templates.put({
    id: ids.templateId,
    name: 'Estimate reminder',
    type: 'sms',
    template: { body: 'Hi {{contact.first_name}}, your estimate is ready.', attachments: [] },
    locationId,
    dateAdded: at,
  });
}

function plantLocations(ghl: GhlState, at: string): void {
  const settings = {
    allowDuplicateContact: false,
    allowDuplicateOpportunity: false,
    allowFacebookNameMerge: false,
    disableContactTimezone: false,
  };
  const put = (fields: Partial<Location>): void => {
    ghl.locations.put({ ...location, settings, social: {}, dateAdded: at, installedAt: null, ...fields, companyId });
  };
  put({ installedAt: at });
  const [second, third] = ids.otherLocationIds;
  put({ id: second, name: 'Brightside San Antonio (sandbox)', city: 'San Antonio', phone: '+12105550100' });
  put({
    id: third,
    name: 'Brightside Denver (sandbox)',
    city: 'Denver',
    state: 'CO',
    timezone: 'America/Denver',
    phone: '+13035550100',
  });
}

function plantPipelines(ghl: GhlState, at: string): void {
  const stages = (names: Record<string, string>) =>
    Object.entries(names).map(([name, id], position) => ({
      id,
      name,
      position,
      showInFunnel: true,
      showInPieChart: true,
    }));
  const shown = { showInFunnel: true, showInPieChart: true, locationId };
  const { stageIds, renewalsStageIds } = ids;
  const sales = {
    'New lead': stageIds.new,
    Contacted: stageIds.contacted,
    'Appointment set': stageIds.appointment,
    'Quote sent': stageIds.quoted,
  };
  ghl.pipelines.put({ id: ids.pipelineId, name: 'Roofing sales', stages: stages(sales), ...shown });
  const renewals = { 'Renewal due': renewalsStageIds.due, 'Offer sent': renewalsStageIds.offered };
  ghl.pipelines.put({ id: ids.renewalsPipelineId, name: 'Maintenance renewals', stages: stages(renewals), ...shown });
  const reason = (id: string, name: string): void => {
    ghl.lostReasons.put({ id, name, locationId, createdAt: at, updatedAt: at });
  };
  reason(ids.lostReasonId, 'Chose another company');
  reason('SandboxLostReason002', 'Too expensive');
}

const weekdays: OpenHours[] = [1, 2, 3, 4, 5].map((weekday) => ({
  daysOfTheWeek: [weekday],
  hours: [{ openHour: 9, openMinute: 0, closeHour: 17, closeMinute: 0 }],
}));

function plantCalendars(ghl: GhlState, at: string): void {
  ghl.calendarGroups.put({
    id: ids.groupId,
    locationId,
    name: 'Home visits',
    description: 'Visits at the customer',
    slug: 'home-visits',
    isActive: true,
  });
  const calendar = (id: string, name: string, slotDuration: number, members: readonly string[]): void => {
    ghl.calendars.put({
      id,
      locationId,
      groupId: ids.groupId,
      name,
      description: '',
      slug: name.toLowerCase().replaceAll(' ', '-'),
      calendarType: 'round_robin',
      isActive: true,
      teamMembers: members.map((userId, n) => ({ userId, priority: 0.5, isPrimary: n === 0 })),
      openHours: weekdays,
      slotDuration,
      slotDurationUnit: 'mins',
      slotInterval: slotDuration,
      slotIntervalUnit: 'mins',
      autoConfirm: true,
    });
  };
  calendar(ids.calendarId, 'Estimate visit', 60, userIds.slice(0, 2));
  calendar(ids.inspectionCalendarId, 'Roof inspection', 90, userIds.slice(1));
  ghl.schedules.put({
    id: ids.scheduleId,
    locationId,
    userId: userIds[0],
    name: 'Office hours',
    timezone: location.timezone,
    rules: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'].map((weekday) => ({
      type: 'wday',
      day: weekday,
      intervals: [{ from: '09:00', to: '17:00' }],
    })),
    calendarIds: [ids.calendarId],
    deleted: false,
    dateAdded: at,
    dateUpdated: at,
  });
  ghl.calendarResources.put({
    id: ids.roomId,
    locationId,
    resourceType: 'rooms',
    name: 'Showroom',
    description: 'Samples of every roof',
    quantity: 1,
    outOfService: 0,
    capacity: 6,
    calendarIds: [ids.calendarId],
    isActive: true,
  });
  ghl.calendarNotifications.put({
    id: ids.notificationId,
    calendarId: ids.calendarId,
    receiverType: 'contact',
    channel: 'email',
    notificationType: 'confirmation',
    isActive: true,
    deleted: false,
  });
}
