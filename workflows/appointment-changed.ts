import { trigger } from './support/customer.ts';

/**
 * An appointment was booked, moved or cancelled: its line in the referral's note follows.
 *
 * Cost: 3 vendor calls, 3 workflow tasks, 2 activities (observe; read the note and write it), 3 local activities.
 */
export const appointmentChanged = trigger('appointment', async (pass) => {
  await pass.observe('ghl', 'observeAppointment');
  return pass.settle();
});
