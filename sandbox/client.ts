import type { DeliverySettings } from './deliveries.ts';
import type { GhlSettings } from './ghl/state.ts';
import type { LedgerEntry } from './ledger.ts';
import type { VendorName } from './operation.ts';
import type { QuotaLimits } from './quota.ts';
import type { RockSettings } from './referral-rock/state.ts';
import type { SandboxInfo } from './sandbox.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The control routes of a sandbox in another process, at the addresses of both its vendors. */
export class SandboxClient {
  readonly #urls: Record<VendorName, string>;

  constructor(urls: Record<VendorName, string>) {
    this.#urls = urls;
  }

  info(): Promise<SandboxInfo> {
    return this.#control('GET', 'info');
  }

  setWebhookUrl(url: string): Promise<unknown> {
    return this.#control('PUT', 'ghl-webhook-url', { url });
  }

  setLimits(limits: Partial<Record<VendorName, Partial<QuotaLimits>>>): Promise<unknown> {
    return this.#control('PUT', 'limits', limits);
  }

  /** Shares of webhooks that are lost or sent twice (0 to 1), delays and disorder; what is left out stays. */
  setWebhooks(settings: Partial<DeliverySettings>): Promise<unknown> {
    return this.#control('PUT', 'webhooks', settings);
  }

  /** How the vendors behave where accounts differ; what is left out stays. */
  setSettings(settings: { ghl?: Partial<GhlSettings>; referralRock?: Partial<RockSettings> }): Promise<unknown> {
    return this.#control('PUT', 'settings', settings);
  }

  /** A person makes a program in Referral Rock's pages, which no API call can. */
  addProgram(name: string): Promise<{ id: string }> {
    return this.#control('POST', 'programs', { name });
  }

  deleteProgram(id: string): Promise<unknown> {
    return this.#control('DELETE', `programs/${id}`);
  }

  /** What was asked through the APIs since entry `since`, writes only. */
  async ledger(since = 0): Promise<LedgerEntry[]> {
    const { entries } = await this.#control<{ entries: LedgerEntry[] }>('GET', `ledger?since=${since}`);
    return entries;
  }

  /** Resolves when no webhook is waiting or in flight, or after half a minute. */
  idle(): Promise<{ pending: number }> {
    return this.#control('GET', 'idle');
  }

  /** Does what a person does on the vendor's web page: through its API, but without credentials or quota. Throws on a refusal. */
  asUser<T>(vendor: VendorName, method: Method, path: string, body?: object): Promise<T> {
    return request(`${this.#urls[vendor]}/__sandbox/as-user`, 'POST', { method, path, ...(body && { body }) });
  }

  #control<T>(method: Method, route: string, body?: object): Promise<T> {
    return request(`${this.#urls.ghl}/__sandbox/${route}`, method, body);
  }
}

async function request<T>(url: string, method: Method, body?: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method, ...(body && { headers, body: JSON.stringify(body) }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The sandbox answered ${answer.status} to ${JSON.stringify(body ?? url)}: ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}
