import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import got, { HTTPError, RequestError } from 'got';
import type { Settings } from '../../config/settings.ts';
import { findInstance } from '../../store/lock.ts';

/** A command could not do what it was asked; the message says why and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Where the bridge is: that of the instance on this data folder, else at HOST and PORT. */
export function bridgeUrl(settings: Settings): string {
  const host = settings.HOST === '0.0.0.0' || settings.HOST === '::' ? '127.0.0.1' : settings.HOST;
  return findInstance(settings.DATA_DIR)?.bridge ?? `http://${host}:${settings.PORT}`;
}

/** Reads from /api, as `GET <path>`; throws CommandError with what the bridge answered. */
export async function getFromApi<T>(
  settings: Settings,
  path: string,
  query: Record<string, string | undefined> = {},
): Promise<T> {
  const url = new URL(`${bridgeUrl(settings)}/api/${path}`);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  try {
    return await got(url, {
      headers: { authorization: `Bearer ${adminToken(settings)}` },
      retry: { limit: 0 },
    }).json<T>();
  } catch (error) {
    throw asCommandError(error, bridgeUrl(settings));
  }
}

/** Posts JSON to /api; answers the body also of a 502, by which the API passes a vendor's refusal on. Throws as `getFromApi`. */
export async function postToApi<T>(settings: Settings, path: string, body: object): Promise<T> {
  try {
    const answer = await got.post(`${bridgeUrl(settings)}/api/${path}`, {
      json: body,
      headers: { authorization: `Bearer ${adminToken(settings)}` },
      retry: { limit: 0 },
      throwHttpErrors: false,
    });
    if (answer.ok || answer.statusCode === 502) return JSON.parse(answer.body) as T;
    throw refused(answer.statusCode, answer.body);
  } catch (error) {
    throw asCommandError(error, bridgeUrl(settings));
  }
}

/** What a failed request means to the person at the terminal. */
export function asCommandError(error: unknown, bridge: string): Error {
  if (error instanceof HTTPError) return refused(error.response.statusCode, error.response.body);
  if (error instanceof RequestError)
    return new CommandError(`There is no bridge at ${bridge} (${error.code}): start it with npm start`);
  return error as Error;
}

function refused(status: number, body: unknown): CommandError {
  const hint = status === 401 ? ' (is ROCKBRIDGE_ADMIN_TOKEN that of the running bridge?)' : '';
  return new CommandError(`The bridge answered ${status}: ${wordsOf(body)}${hint}`);
}

function wordsOf(body: unknown): string {
  try {
    return (JSON.parse(String(body)) as { error?: string }).error ?? String(body);
  } catch {
    return String(body);
  }
}

function adminToken(settings: Settings): string {
  if (settings.ROCKBRIDGE_ADMIN_TOKEN) return settings.ROCKBRIDGE_ADMIN_TOKEN;
  try {
    return readFileSync(join(settings.DATA_DIR, 'admin-token'), 'utf8').trim();
  } catch {
    throw new CommandError(
      `ROCKBRIDGE_ADMIN_TOKEN: is missing, and none is kept in ${settings.DATA_DIR}; wants the running bridge's token`,
    );
  }
}
