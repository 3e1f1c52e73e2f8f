import { STATUS_CODES } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { VendorName } from './operation.ts';

export const faultKinds = ['status', 'cut-before', 'cut-after', 'delay', 'html-502', 'timeout'] as const;
export type FaultKind = (typeof faultKinds)[number];

export type Fault = {
  vendor: VendorName;
  method?: string;
  /** Regular expression on path and query. */
  pathPattern?: string;
  times: number;
  kind: FaultKind;
  status?: number;
  body?: unknown;
  delayMs?: number;
  headers?: Record<string, string>;
};

/** Faults waiting to strike; each strikes `times` requests that fit it, the first listed first. */
export class Faults {
  #faults: Fault[] = [];

  add(faults: readonly Fault[]): void {
    for (const fault of faults) this.#faults.push({ ...fault, times: fault.times ?? 1 });
  }

  clear(): void {
    this.#faults = [];
  }

  take(vendor: VendorName, method: string, url: string): Fault | undefined {
    const fault = this.#faults.find(
      (each) =>
        each.vendor === vendor &&
        (each.method === undefined || each.method.toUpperCase() === method) &&
        (each.pathPattern === undefined || new RegExp(each.pathPattern).test(url)),
    );
    if (!fault) return undefined;
    fault.times -= 1;
    this.#faults = this.#faults.filter((each) => each.times > 0);
    return fault;
  }
}

const badGatewayPage = `<html>
<head><title>502 Bad Gateway</title></head>
<body>
<center><h1>502 Bad Gateway</h1></center>
<hr><center>nginx</center>
</body>
</html>
`;

/** Lets a fault strike before any work; true when the request is over with it. `delay` only waits. */
export async function strikeBefore(fault: Fault, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
  switch (fault.kind) {
    case 'delay':
      await sleep(fault.delayMs ?? 1000);
      return false;
    case 'cut-after':
      return false;
    case 'cut-before':
      cut(request, reply);
      return true;
    case 'timeout':
      reply.hijack();
      return true;
    case 'html-502':
      reply.code(502).header('content-type', 'text/html').send(badGatewayPage);
      return true;
    case 'status':
      await sleep(fault.delayMs ?? 0);
      reply
        .code(fault.status ?? 500)
        .headers(fault.headers ?? {})
        .header('content-type', 'application/json');
      reply.send(JSON.stringify(fault.body ?? errorBody(fault)));
      return true;
  }
}

function errorBody({ vendor, status = 500 }: Fault): object {
  const message = STATUS_CODES[status] ?? 'Error';
  return vendor === 'ghl' ? { statusCode: status, message } : { Message: message };
}

/** Ends the connection without an answer. */
export function cut(request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack();
  request.raw.socket.destroy();
}
