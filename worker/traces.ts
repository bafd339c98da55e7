/** Traces of workflows and activities, sent to a collector; loaded only where one is named. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { OpenTelemetryPlugin } from '@temporalio/interceptors-opentelemetry';

export interface Traces {
  readonly plugin: OpenTelemetryPlugin;
  /** Sends what waits. */
  flush(): Promise<void>;
}

/** `url` ends in the path of traces; every span says service and code version. */
export function startTraces(url: string, codeVersion: string): Traces {
  const resource = new Resource({
    'service.name': process.env.OTEL_SERVICE_NAME ?? 'ballast-worker',
    'service.version': codeVersion,
  });
  const spanProcessor = new BatchSpanProcessor(new OTLPTraceExporter({ url }));
  const provider = new BasicTracerProvider({ resource, spanProcessors: [spanProcessor] });
  provider.register();
  const plugin = new OpenTelemetryPlugin({ resource, spanProcessor });
  return { plugin, flush: () => provider.shutdown() };
}
