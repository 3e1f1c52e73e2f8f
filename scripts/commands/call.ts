import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { readSettings, type Settings } from '../../config/settings.ts';
import { findInstance } from '../../store/lock.ts';
import { createVendorClients } from '../../vendors/clients.ts';
import { findOperation, UnknownOperation } from '../../vendors/find-operation.ts';
import { type Operation, type RequestPreview, VendorError } from '../../vendors/operation.ts';
import { CommandError, getFromApi, postToApi } from '../support/api.ts';
import { chooseConnection, type ConnectionLine } from '../support/choose-connection.ts';
import { isYes } from '../support/question.ts';

interface CallOptions {
  input: string;
  connection?: string;
  dryRun?: boolean;
  yes?: boolean;
}

interface CallAnswer {
  id: string;
  status: 'running' | 'done' | 'failed';
  answer?: unknown;
  error?: { type: string; message: string; status?: number; traceId?: string } | null;
  workflowUrl: string | null;
}

const REFUSED_BY_VENDOR = 2;
const NOT_CONFIRMED = 3;
const STILL_RUNNING = 4;
/** The API waits for a call's end for 25 s; after that it is looked at so often, until a workflow of a minute must have ended. */
const LOOK_EVERY_MS = 2_000;
const LOOKS = 20;

export function addCall(program: Command): void {
  program
    .command('call')
    .description('run one operation of a vendor, on the accounts of a connection or on the sandbox')
    .argument('<operation>', 'its id, as in ghl.contact.get; `npx rockbridge catalog` lists all')
    .option('--input <json>', 'what it is called with, as a JSON object', '{}')
    .option('--connection <id>', 'whose accounts; may be left out if only one connection is not paused')
    .option('--dry-run', 'only show the request: method, address, headers without secrets, body')
    .option('--yes', 'do not ask before an operation of effect money or delete')
    .addHelpText(
      'after',
      `
Examples:
  npx rockbridge call referral-rock.program.list
  npx rockbridge call ghl.contact.get --input '{"contactId":"ve9EPM428h8vShlRW1KT"}'
  npx rockbridge call referral-rock.referral.set-status --dry-run \\
      --input '{"query":{"primaryInfo":{"referralId":"..."}},"referral":{"status":"approved"}}'

The answer is printed as JSON on standard output, everything else on standard error.
Exit codes: 0 done, or shown by --dry-run; 1 not called: unknown operation, wrong input, no bridge; 2 the vendor refused
(its words, status and trace id are shown); 3 not confirmed, so not called; 4 still running after a minute.`,
    )
    .action(call);
}

async function call(id: string, options: CallOptions): Promise<void> {
  const settings = readSettings(process.env);
  const operation = known(id);
  const input = parseInput(options.input);
  const preview = previewOf(settings, operation, input);
  if (options.dryRun) return console.log(shown(preview));
  const connection = await chooseConnection(settings, options.connection);
  if (asks(operation, connection) && !options.yes && !(await isConfirmed(operation, connection))) {
    console.error(`${operation.id} was not called. Say yes when asked, or add --yes.`);
    process.exitCode = NOT_CONFIRMED;
    return;
  }
  const body = { operation: operation.id, input, confirm: true };
  const first = await postToApi<CallAnswer>(settings, `connections/${encodeURIComponent(connection.id)}/calls`, body);
  tell(await untilEnded(settings, first));
}

function known(id: string): Operation {
  try {
    return findOperation(id);
  } catch (error) {
    throw error instanceof UnknownOperation ? new CommandError(error.message) : error;
  }
}

function parseInput(text: string): Record<string, unknown> {
  try {
    const input: unknown = JSON.parse(text);
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Record<string, unknown>;
  } catch (error) {
    throw new CommandError(`--input is no JSON: ${(error as Error).message}`);
  }
  throw new CommandError('--input wants a JSON object, as in {"contactId":"..."}');
}

/** The request as it would leave; checks the input as well. */
function previewOf(settings: Settings, operation: Operation, input: Record<string, unknown>): RequestPreview {
  const instance = findInstance(settings.DATA_DIR);
  const addresses = {
    ghlBaseUrl: instance?.ghl ?? settings.GHL_BASE_URL,
    referralRockBaseUrl: instance?.referralRock ?? settings.REFERRAL_ROCK_BASE_URL,
  };
  const never = () => Promise.reject(new Error('A preview calls nobody'));
  const clients = createVendorClients(addresses, {
    credentials: { authorization: never, refresh: never },
    limiter: { turn: never, learn: never },
  });
  try {
    return clients[operation.vendor].preview(operation, input);
  } catch (error) {
    throw error instanceof VendorError ? new CommandError(error.message) : error;
  }
}

function shown({ method, url, headers, body }: RequestPreview): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${url}`, ...lines, ...(body === undefined ? [] : ['', JSON.stringify(body, undefined, 2)])].join(
    '\n',
  );
}

function asks({ effect }: Operation, { mode }: ConnectionLine): boolean {
  return effect === 'money' || effect === 'delete' || (effect === 'write' && mode === 'observe');
}

async function isConfirmed(
  { id, effect, summary }: Operation,
  { id: connection, mode }: ConnectionLine,
): Promise<boolean> {
  const observing = mode === 'observe' ? ' The connection only observes: by itself it would write nothing.' : '';
  console.error(`${id} (effect ${effect}) on connection ${connection}: ${summary}${observing}`);
  if (!process.stdin.isTTY) return false;
  return isYes('Do it? [y/N] ', process.stdin, process.stderr);
}

async function untilEnded(settings: Settings, first: CallAnswer): Promise<CallAnswer> {
  let answer = first;
  for (let looks = 0; answer.status === 'running' && looks < LOOKS; looks += 1) {
    await sleep(LOOK_EVERY_MS);
    answer = await getFromApi<CallAnswer>(settings, `calls/${answer.id}`);
  }
  return answer;
}

function tell({ id, status, answer, error, workflowUrl }: CallAnswer): void {
  if (status === 'done') console.log(JSON.stringify(answer, undefined, 2));
  if (status === 'running') {
    console.error(`It has not ended yet: GET /api/calls/${id} tells what comes of it`);
    process.exitCode = STILL_RUNNING;
  }
  if (status === 'failed') {
    console.error(error?.message ?? 'It failed');
    const details = [
      error?.status && `status ${error.status}`,
      error?.traceId && `trace ${error.traceId}`,
      error?.type,
    ];
    console.error(`  ${details.filter(Boolean).join(' · ')}`);
    process.exitCode = REFUSED_BY_VENDOR;
  }
  if (workflowUrl) console.error(workflowUrl);
}
