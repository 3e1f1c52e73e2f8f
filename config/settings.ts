import { createPublicKey } from 'node:crypto';
import { z } from 'zod';

/** GHL's published Ed25519 key for `X-GHL-Signature` (reference: webhook integration guide); rotation is announced by mail. */
const GHL_PUBLISHED_KEY = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=
-----END PUBLIC KEY-----`;

const PEM = /-----BEGIN PUBLIC KEY-----[\s\S]+?-----END PUBLIC KEY-----/g;

const text = z.string().min(1).optional();
const url = matching(/^https?:\/\/[^\s/]+\S*$/, 'an address that starts with http:// or https://').transform((value) =>
  value.replace(/\/+$/, ''),
);
const wholeNumber = (from: number, to: number) =>
  matching(/^\d+$/, `a whole number from ${from} to ${to}`)
    .transform(Number)
    .refine((value) => value >= from && value <= to, { error: `wants a whole number from ${from} to ${to}` });
const pathToken = matching(/^[\w.~-]+$/, 'letters, digits and - _ . ~ only, for it stands in an address').optional();

/** Every name of the environment that Rockbridge reads, with what it wants; `.env.example` lists the same names. */
const environment = z.object({
  PORT: wholeNumber(0, 65535).optional(),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: url.optional(),
  DATABASE_URL: matching(
    /^postgres(ql)?:\/\/\S+$/,
    'an address that starts with postgres:// or postgresql://',
  ).optional(),
  DATA_DIR: z.string().default('.data'),
  TEMPORAL_ADDRESS: matching(
    /^[^\s:/]+:\d+$|^\[[^\]]+\]:\d+$/,
    'host:port, as in temporal.example.com:7233',
  ).optional(),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  TEMPORAL_API_KEY: text,
  TEMPORAL_TLS: text,
  TEMPORAL_TLS_CLIENT_CERT_PATH: text,
  TEMPORAL_TLS_CLIENT_CERT_DATA: text,
  TEMPORAL_TLS_CLIENT_KEY_PATH: text,
  TEMPORAL_TLS_CLIENT_KEY_DATA: text,
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: text,
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: text,
  TEMPORAL_TLS_SERVER_NAME: text,
  TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: text,
  TEMPORAL_CONFIG_FILE: text,
  TEMPORAL_PROFILE: text,
  TEMPORAL_UI_URL: url.optional(),
  TEMPORAL_CLI_PATH: text,
  GHL_BASE_URL: url.default('https://services.leadconnectorhq.com'),
  GHL_CLIENT_ID: text,
  GHL_CLIENT_SECRET: text,
  GHL_INSTALL_URL: url.optional(),
  GHL_REDIRECT_URI: url.optional(),
  GHL_WEBHOOK_PUBLIC_KEYS: z.string().default(GHL_PUBLISHED_KEY).transform(pemList),
  GHL_LOCATION_ID: text,
  GHL_PRIVATE_TOKEN: text,
  GHL_WORKFLOW_TOKEN: pathToken,
  REFERRAL_ROCK_BASE_URL: url.default('https://api.referralrock.com'),
  REFERRAL_ROCK_PUBLIC_KEY: text,
  REFERRAL_ROCK_PRIVATE_KEY: text,
  REFERRAL_ROCK_PROGRAM_ID: text,
  REFERRAL_ROCK_WEBHOOK_TOKEN: pathToken,
  ROCKBRIDGE_MODE: z.enum(['observe', 'live'], { error: 'wants observe or live' }).default('observe'),
  SANDBOX_MODE: z.enum(['observe', 'live'], { error: 'wants observe or live' }).default('live'),
  RECONCILE_SECONDS: wholeNumber(10, 86_400).default(300),
  ROCKBRIDGE_SECRET: matching(/^[A-Za-z0-9+/]{43}=$/, '32 bytes in base64; make some with: openssl rand -base64 32')
    .transform((value) => Buffer.from(value, 'base64'))
    .optional(),
  ROCKBRIDGE_ADMIN_TOKEN: matching(/^\S+$/, 'a text without spaces').optional(),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'wants trace, debug, info, warn, error, fatal or silent',
    })
    .default('info'),
});

type Environment = z.infer<typeof environment>;
export type SettingName = keyof Environment;

/** The names of the environment, in the order of `.env.example`. */
export const SETTING_NAMES = Object.keys(environment.shape) as SettingName[];

const SECRET_NAMES: ReadonlySet<string> = new Set<SettingName>([
  'DATABASE_URL',
  'TEMPORAL_API_KEY',
  'GHL_CLIENT_SECRET',
  'GHL_PRIVATE_TOKEN',
  'GHL_WORKFLOW_TOKEN',
  'REFERRAL_ROCK_PUBLIC_KEY',
  'REFERRAL_ROCK_PRIVATE_KEY',
  'REFERRAL_ROCK_WEBHOOK_TOKEN',
  'ROCKBRIDGE_SECRET',
  'ROCKBRIDGE_ADMIN_TOKEN',
]);

/** The credentials of one GHL location and one RR account; all of them or none. */
const ACCOUNT_NAMES = [
  'GHL_LOCATION_ID',
  'GHL_PRIVATE_TOKEN',
  'REFERRAL_ROCK_PUBLIC_KEY',
  'REFERRAL_ROCK_PRIVATE_KEY',
] as const;

/** The real accounts that the environment names. */
export interface Accounts {
  ghlLocationId: string;
  ghlPrivateToken: string;
  referralRockPublicKey: string;
  referralRockPrivateKey: string;
}

/** What the program is told from outside; `sandbox` is true when no real account is named. */
export interface Settings extends Omit<Environment, 'PORT'> {
  PORT: number;
  /** False: 8080 is only the wish, and the next free port will do. */
  portIsSet: boolean;
  accounts: Accounts | undefined;
  sandbox: boolean;
}

/** The environment asks for something that cannot be; the message has one line for each variable. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Reads and checks the environment; an empty variable counts as unset. Throws SettingsError naming every bad variable. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(
    SETTING_NAMES.filter((name) => env[name]?.trim()).map((name) => [name, env[name]?.trim()]),
  );
  const parsed = environment.safeParse(given);
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => describe(issue, given));
  problems.push(...missing(given));
  if (!parsed.success || problems.length > 0) throw new SettingsError([...new Set(problems)].join('\n'));
  const accounts = accountsOf(parsed.data);
  return {
    ...parsed.data,
    PORT: parsed.data.PORT ?? 8080,
    portIsSet: parsed.data.PORT !== undefined,
    accounts,
    sandbox: !accounts,
  };
}

/** Puts the variables of a `.env` file in the working folder into the process environment; those already set stay. */
export function loadEnvFile(): void {
  try {
    process.loadEnvFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new SettingsError(`.env: cannot be read: ${(error as Error).message}`);
  }
}

function describe(issue: z.core.$ZodIssue, given: Record<string, string | undefined>): string {
  const name = String(issue.path[0]);
  const got = SECRET_NAMES.has(name) ? '' : `; it is ${JSON.stringify(given[name])}`;
  return `${name}: ${issue.message}${got}`;
}

function missing(given: Record<string, string | undefined>): string[] {
  const problems: string[] = [];
  const absent = ACCOUNT_NAMES.filter((name) => !given[name]);
  if (absent.length > 0 && absent.length < ACCOUNT_NAMES.length) {
    const present = ACCOUNT_NAMES.filter((name) => given[name]);
    problems.push(
      ...absent.map(
        (name) =>
          `${name}: is missing; ${present.join(', ')} set a real account, which needs it too (none of them: the sandbox)`,
      ),
    );
  }
  if (given['DATABASE_URL'] && !given['ROCKBRIDGE_SECRET']) {
    problems.push(
      'ROCKBRIDGE_SECRET: is missing; with DATABASE_URL it wants 32 bytes in base64; make some with: openssl rand -base64 32',
    );
  }
  return problems;
}

function accountsOf(env: Environment): Accounts | undefined {
  const { GHL_LOCATION_ID, GHL_PRIVATE_TOKEN, REFERRAL_ROCK_PUBLIC_KEY, REFERRAL_ROCK_PRIVATE_KEY } = env;
  if (!GHL_LOCATION_ID || !GHL_PRIVATE_TOKEN || !REFERRAL_ROCK_PUBLIC_KEY || !REFERRAL_ROCK_PRIVATE_KEY)
    return undefined;
  return {
    ghlLocationId: GHL_LOCATION_ID,
    ghlPrivateToken: GHL_PRIVATE_TOKEN,
    referralRockPublicKey: REFERRAL_ROCK_PUBLIC_KEY,
    referralRockPrivateKey: REFERRAL_ROCK_PRIVATE_KEY,
  };
}

function matching(pattern: RegExp, wanted: string): z.ZodString {
  return z.string().regex(pattern, { error: `wants ${wanted}` });
}

/** Takes PEM blocks out of a text; `\n` written as two characters counts as a line's end, as in one-line .env values. */
function pemList(value: string, context: z.RefinementCtx): string[] {
  const keys = value.replaceAll('\\n', '\n').match(PEM) ?? [];
  const readable = keys.filter(isEd25519);
  if (keys.length === 0 || readable.length !== keys.length) {
    context.addIssue({
      code: 'custom',
      message: 'wants one or more Ed25519 public keys as PEM (-----BEGIN PUBLIC KEY----- ...)',
    });
    return z.NEVER;
  }
  return readable;
}

function isEd25519(pem: string): boolean {
  try {
    return createPublicKey(pem).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}
