import { createFileLog } from '../../config/log.ts';
import { readSettings } from '../../config/settings.ts';
import { startApplication } from '../../workers/application.ts';
import { untilAskedToStop } from '../support/signals.ts';

/** What `rockbridge start` runs, but for quotas so high that the figures show our own cost and not the vendors' limits. */
const QUOTA = { max: 100_000, intervalMs: 1_000 };

const settings = readSettings(process.env);
const log = createFileLog(settings, console.error);
const stopped = untilAskedToStop();
const application = await startApplication({ settings, log, quotas: { ghl: QUOTA, 'referral-rock': QUOTA } });
await Promise.race([stopped, application.failed]);
await application.close();
process.exit();
