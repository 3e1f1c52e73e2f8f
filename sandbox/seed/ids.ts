/** Ids of what GHL's APIs refer to and people make in its pages; the same in every sandbox. */
export const wellKnownIds = {
  pipelineId: 'SandboxPipeline00001',
  stageIds: {
    new: '5a4d0b0c-0000-4000-8000-000000000011',
    contacted: '5a4d0b0c-0000-4000-8000-000000000012',
    appointment: '5a4d0b0c-0000-4000-8000-000000000013',
    quoted: '5a4d0b0c-0000-4000-8000-000000000014',
  },
  renewalsPipelineId: 'SandboxPipeline00002',
  renewalsStageIds: {
    due: '5a4d0b0c-0000-4000-8000-000000000021',
    offered: '5a4d0b0c-0000-4000-8000-000000000022',
  },
  lostReasonId: 'SandboxLostReason001',
  calendarId: 'SandboxCalendar00001',
  inspectionCalendarId: 'SandboxCalendar00002',
  groupId: 'SandboxCalGroup00001',
  scheduleId: 'SandboxSchedule00001',
  roomId: 'SandboxRoom000000001',
  notificationId: 'SandboxNotify0000001',
  campaignId: 'SandboxCampaign00001',
  workflowId: 'SandboxWorkflow00001',
  businessId: 'SandboxBusiness00001',
  templateId: 'SandboxTemplate00001',
  customValueId: 'SandboxCustomValue01',
  otherLocationIds: ['SandboxLocation00002', 'SandboxLocation00003'],
} as const;
