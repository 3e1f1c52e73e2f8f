import pino, { type Logger } from 'pino';
import { installRuntime } from '../../workers/workers.ts';

let log: Logger | undefined;

/** The log of what runs in this process, the SDK's own too: silent, unless TEST_LOG_LEVEL names a level. */
export function logForTests(): Logger {
  if (!log) {
    log = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });
    installRuntime(log);
  }
  return log;
}
