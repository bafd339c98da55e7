/**
 * What a worker tells those who run it: logs (JSON lines or text, on stderr), metrics (Prometheus, or a
 * collector) and traces (a collector). A collector is named by the usual `OTEL_EXPORTER_OTLP_*` variables.
 * None of it is audit data: that is the history and the ledger.
 */
import { DefaultLogger, type LogEntry, Runtime, type RuntimeOptions } from '@temporalio/worker';
import type { WorkerSettings } from './options.js';

const NANOS_PER_MS = 1_000_000n;

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error) return { error: value.message, stack: value.stack };
  return value;
}

/** One JSON object a line. */
function jsonLine({ level, message, timestampNanos, meta }: LogEntry): string {
  const time = new Date(Number(timestampNanos / NANOS_PER_MS)).toISOString();
  const { taskQueue, sdkComponent, ...rest } = (meta ?? {}) as Record<string, unknown>;
  const line = { time, level, message, component: sdkComponent, queue: taskQueue, ...rest };
  return `${JSON.stringify(line, (_, value) => plain(value))}\n`;
}

function loggerOf(log: WorkerSettings['log']): DefaultLogger {
  if (log === 'errors') return new DefaultLogger('ERROR');
  if (log === 'text') return new DefaultLogger('INFO');
  return new DefaultLogger('INFO', (entry) => process.stderr.write(jsonLine(entry)));
}

/** Base address of the collector; null where none is named. */
export function collectorOf(env: NodeJS.ProcessEnv, signal: 'METRICS' | 'TRACES'): string | null {
  return env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`] || env.OTEL_EXPORTER_OTLP_ENDPOINT || null;
}

function metricsOf({ metrics }: WorkerSettings, env: NodeJS.ProcessEnv) {
  if (metrics !== null) return { prometheus: { bindAddress: metrics, unitSuffix: true } };
  const own = env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT;
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!own && !base) return null;
  const url = own || `${base!.replace(/\/$/, '')}/v1/metrics`;
  // The runtime would put the base address in the place of the one with its path.
  delete env.OTEL_EXPORTER_OTLP_ENDPOINT;
  return { otel: { url, http: true, metricsExportInterval: '10s' } };
}

/** Must be called once, before any connection. */
export function installTelemetry(settings: WorkerSettings, env: NodeJS.ProcessEnv): void {
  const metrics = metricsOf(settings, env);
  Runtime.install({
    logger: loggerOf(settings.log),
    telemetryOptions: {
      ...(metrics === null ? {} : { metrics }),
      logging: { filter: { core: 'WARN', other: 'WARN' }, forward: {} },
    },
  } as RuntimeOptions);
}
