import { randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import got from 'got';
import { readSettings, type Settings } from '../../config/settings.ts';
import { webhookPrivateKey } from '../../sandbox/ghl/constants.ts';
import { findInstance } from '../../store/lock.ts';
import { asCommandError, bridgeUrl, CommandError } from '../support/api.ts';

interface ReplayOptions {
  event?: string;
  token?: string;
  signature?: string;
  newId?: boolean;
  set: Record<string, string>;
}

export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('post a recorded webhook to the bridge, as the vendor would')
    .argument(
      '<payload.json>',
      'the body as it came: of GoHighLevel (with `type` and `locationId`) or of Referral Rock',
    )
    .option('--event <name>', "Referral Rock's event, as in ReferralAdd (its bodies do not name it)")
    .option(
      '--token <token>',
      "the secret part of Referral Rock's webhook address; that of the running instance or the settings when left out",
    )
    .option(
      '--signature <base64>',
      "GoHighLevel's X-GHL-Signature as recorded; signed with the sandbox's key when left out",
    )
    .option(
      '--set <field=value>',
      'change a field first, as in --set locationId=SandboxLocation00001; may be repeated',
      addField,
      {},
    )
    .option('--new-id', 'give a GoHighLevel event a new webhookId: the same one again is taken for a redelivery')
    .addHelpText(
      'after',
      `
Examples:
  npx rockbridge replay contact-update.json --new-id
  npx rockbridge replay test/fixtures/ghl-webhooks/ContactUpdate.json --set locationId=SandboxLocation00001
  npx rockbridge replay referral.json --event ReferralUpdate

Exit codes: 0 the bridge took it (its answer is printed); 1 it refused, or could not be reached.`,
    )
    .action(replay);
}

async function replay(file: string, options: ReplayOptions): Promise<void> {
  const settings = readSettings(process.env);
  const given = readPayload(file);
  const isGhl = typeof given.payload['type'] === 'string' && options.event === undefined;
  const changes = { ...options.set, ...(options.newId && { webhookId: randomUUID() }) };
  // Untouched it goes out byte for byte, as a recorded signature wants it.
  const isChanged = Object.keys(changes).length > 0;
  const body = isChanged ? Buffer.from(JSON.stringify({ ...given.payload, ...changes })) : given.body;
  const url = isGhl ? `${bridgeUrl(settings)}/webhooks/ghl` : referralRockUrl(settings, options);
  const signature = options.signature ?? sign(null, body, webhookPrivateKey).toString('base64');
  try {
    const answer = await got.post(url, {
      body,
      headers: { 'content-type': 'application/json', ...(isGhl && { 'x-ghl-signature': signature }) },
      retry: { limit: 0 },
    });
    console.log(`${answer.statusCode} ${answer.body}`);
  } catch (error) {
    throw asCommandError(error, bridgeUrl(settings));
  }
}

/** A file of GoHighLevel's documentation holds its payload as the first of `examples`. */
function readPayload(file: string): { body: Buffer; payload: Record<string, unknown> } {
  try {
    const body = readFileSync(file);
    const payload = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    const example = Array.isArray(payload['examples'])
      ? (payload['examples'][0] as Record<string, unknown>)
      : undefined;
    return example ? { body: Buffer.from(JSON.stringify(example)), payload: example } : { body, payload };
  } catch (error) {
    throw new CommandError(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
}

function addField(text: string, fields: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('wants field=value.');
  return { ...fields, [text.slice(0, at)]: text.slice(at + 1) };
}

function referralRockUrl(settings: Settings, { event, token }: ReplayOptions): string {
  if (!event)
    throw new CommandError(
      'The payload has no `type`, so it is not of GoHighLevel: name the event of Referral Rock with --event, as in --event ReferralAdd',
    );
  const instance = findInstance(settings.DATA_DIR)?.referralRockWebhooks;
  const known = token ?? settings.REFERRAL_ROCK_WEBHOOK_TOKEN;
  if (known) return `${bridgeUrl(settings)}/webhooks/referral-rock/${known}/${event}`;
  if (instance) return `${instance}/${event}`;
  throw new CommandError(
    'The secret part of the webhook address is not known here: give it with --token or in REFERRAL_ROCK_WEBHOOK_TOKEN',
  );
}
