import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import got, { HTTPError, RequestError } from 'got';
import type { Settings } from '../../config/settings.ts';
import { findInstance } from '../../store/lock.ts';

/** A command could not do what it was asked; the message says why and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Nothing listens where the bridge should be. */
export class NoBridge extends CommandError {}

/** Where the bridge is: that of the instance on this data folder, else at HOST and PORT. */
export function bridgeUrl(settings: Settings): string {
  const host = settings.HOST === '0.0.0.0' || settings.HOST === '::' ? '127.0.0.1' : settings.HOST;
  return findInstance(settings.DATA_DIR)?.bridge ?? `http://${host}:${settings.PORT}`;
}

/** Reads from /api, as `GET <path>`; throws CommandError with what the bridge answered, NoBridge if there is none. */
export async function getFromApi<T>(
  settings: Settings,
  path: string,
  query: Record<string, string | undefined> = {},
): Promise<T> {
  const url = new URL(`${bridgeUrl(settings)}/api/${path}`);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return ask<T>(settings, url, {}, []);
}

/** Posts JSON to /api; answers the body also of a 502, by which the API passes a vendor's refusal on. Throws as `getFromApi`. */
export async function postToApi<T>(settings: Settings, path: string, body: object): Promise<T> {
  return ask<T>(settings, `${bridgeUrl(settings)}/api/${path}`, { method: 'POST', json: body }, [502]);
}

/** Puts JSON to /api; answers the body also of a 400, which tells all that is wrong with what was put. Throws as `getFromApi`. */
export async function putToApi<T>(
  settings: Settings,
  path: string,
  body: object,
  query: Record<string, string> = {},
): Promise<T> {
  const url = new URL(`${bridgeUrl(settings)}/api/${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return ask<T>(settings, url, { method: 'PUT', json: body }, [400]);
}

/** Changes something at /api by what of it shall be otherwise. Throws as `getFromApi`. */
export async function patchApi<T>(settings: Settings, path: string, body: object): Promise<T> {
  return ask<T>(settings, `${bridgeUrl(settings)}/api/${path}`, { method: 'PATCH', json: body }, []);
}

/** Reads a text, such as CSV, from /api. Throws as `getFromApi`. */
export async function textFromApi(settings: Settings, path: string): Promise<string> {
  return ask<string>(settings, `${bridgeUrl(settings)}/api/${path}`, {}, [], (_status, body) => body);
}

/** Deletes at /api and answers what was deleted. Throws as `getFromApi`. */
export async function deleteFromApi<T>(settings: Settings, path: string): Promise<T> {
  return ask<T>(settings, `${bridgeUrl(settings)}/api/${path}`, { method: 'DELETE' }, []);
}

async function ask<T>(
  settings: Settings,
  url: string | URL,
  request: { method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE'; json?: object },
  taken: readonly number[],
  read: (status: number, body: string) => unknown = parsed,
): Promise<T> {
  const token = adminToken(settings);
  try {
    const answer = await got(url, {
      ...request,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      retry: { limit: 0 },
      throwHttpErrors: false,
    });
    if (answer.ok || taken.includes(answer.statusCode)) return read(answer.statusCode, answer.body) as T;
    if (answer.statusCode === 401 && token === undefined) throw tokenMissing(settings);
    throw refused(answer.statusCode, answer.body);
  } catch (error) {
    throw asCommandError(error, bridgeUrl(settings));
  }
}

/** What a failed request means to the person at the terminal. */
export function asCommandError(error: unknown, bridge: string): Error {
  if (error instanceof HTTPError) return refused(error.response.statusCode, error.response.body);
  if (error instanceof RequestError) {
    const message = `There is no bridge at ${bridge} (${error.code}): start it with npm start`;
    return error.code === 'ECONNREFUSED' ? new NoBridge(message) : new CommandError(message);
  }
  return error as Error;
}

function refused(status: number, body: unknown): CommandError {
  const hint = status === 401 ? ' (is ROCKBRIDGE_ADMIN_TOKEN that of the running bridge?)' : '';
  return new CommandError(`The bridge answered ${status}: ${wordsOf(body)}${hint}`);
}

/** What does not speak JSON is not the bridge. */
function parsed(status: number, body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new CommandError(`The answer (${status}) is no JSON: is it a proxy's, and the bridge behind it away?`);
  }
}

function wordsOf(body: unknown): string {
  try {
    return (JSON.parse(String(body)) as { error?: string }).error ?? String(body);
  } catch {
    return /^\s*</.test(String(body)) ? "a web page (is it a proxy's, and the bridge behind it away?)" : String(body);
  }
}

/** Undefined: there is none to be found. */
function adminToken(settings: Settings): string | undefined {
  if (settings.ROCKBRIDGE_ADMIN_TOKEN) return settings.ROCKBRIDGE_ADMIN_TOKEN;
  try {
    return readFileSync(join(settings.DATA_DIR, 'admin-token'), 'utf8').trim();
  } catch {
    return undefined;
  }
}

function tokenMissing({ DATA_DIR }: Settings): CommandError {
  return new CommandError(
    `ROCKBRIDGE_ADMIN_TOKEN: is missing, and none is kept in ${DATA_DIR}; wants the running bridge's token`,
  );
}
