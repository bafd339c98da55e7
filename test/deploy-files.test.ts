/** The deployment examples: they parse, and what they say of flags, queues and times is what the worker takes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { workerSettings } from '../worker/options.js';
import { ROOT } from './tree-files.js';

const read = (path: string) => readFileSync(join(ROOT, 'examples/deploy', path), 'utf8');

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface Container {
  readonly args: readonly string[];
  readonly envFrom: readonly { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  readonly ports: readonly { name: string; containerPort: number }[];
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
}

interface Deployment {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly selector: { readonly matchLabels: object };
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: { terminationGracePeriodSeconds: number; containers: readonly Container[] };
    };
  };
}

const manifests = parseAllDocuments(read('kubernetes/worker.yaml')).map((document) => {
  expect(document.errors).toEqual([]);
  return document.toJS() as Deployment;
});
const deployments = manifests.filter(({ kind }) => kind === 'Deployment');

/** What the process makes of a command line of ours. */
function settingsOf(args: readonly string[]) {
  expect(args[0]).toBe('worker');
  return workerSettings(['--named', '--address', 'server:7233', ...args.slice(1)], {});
}

describe('Kubernetes', () => {
  it('has workers for both queues, each with flags that the worker takes', () => {
    const queues = deployments.map(
      ({ spec }) => settingsOf(spec.template.spec.containers[0]!.args).queues,
    );
    expect(queues).toEqual([['ballast'], ['ballast-cpu']]);
  });

  it.each(deployments.map((one) => [one.metadata.name, one] as const))(
    '%s: probes, ports, grace and labels agree',
    (_, { spec }) => {
      const { spec: pod, metadata } = spec.template;
      const [container] = pod.containers;
      const settings = settingsOf(container!.args);
      expect(pod.terminationGracePeriodSeconds).toBe(settings.graceSeconds + 10);
      expect(spec.selector.matchLabels).toEqual(metadata.labels);
      const port = (name: string) =>
        container!.ports.find((one) => one.name === name)?.containerPort;
      expect(settings.health).toBe(`0.0.0.0:${port('health')}`);
      expect(settings.metrics).toBe(`0.0.0.0:${port('metrics')}`);
      expect(container!.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'health' });
      expect(container!.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'health' });
      const maps = container!.envFrom.flatMap(({ configMapRef }) => configMapRef?.name ?? []);
      const known = manifests.filter(({ kind }) => kind === 'ConfigMap');
      expect(known.map(({ metadata: { name } }) => name)).toEqual(maps);
    },
  );

  it('the image starts the worker with flags that it takes', () => {
    const line = /^CMD (\[.*\])$/m.exec(read('kubernetes/Dockerfile'))![1]!;
    expect(settingsOf(JSON.parse(line) as string[])).toMatchObject({
      log: 'json',
      graceSeconds: 30,
    });
  });
});

describe('systemd', () => {
  it('gives ten seconds more than the worker takes to stop', () => {
    const unit = read('systemd/ballast-worker.service');
    const start = /^ExecStart=\/usr\/bin\/env ballast (.*)$/m.exec(unit)![1]!;
    const { graceSeconds } = settingsOf(start.split(' '));
    expect(unit).toContain(`TimeoutStopSec=${graceSeconds + 10}\n`);
  });

  it('names variables that are known somewhere', () => {
    const names = [...read('systemd/worker.env').matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(
      ([, name]) => name!,
    );
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) expect(name).toMatch(/^(TEMPORAL|AWS|BALLAST|OTEL)_/);
  });
});

describe('the server with PostgreSQL', () => {
  it('is a compose file that binds to this machine only, with a UI that writes nothing', () => {
    const { services } = parse(read('server/compose.yaml')) as {
      services: Record<string, { ports?: string[]; environment?: Record<string, string> }>;
    };
    for (const { ports = [] } of Object.values(services))
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    expect(services['ui-read-only']!.environment).toMatchObject({
      TEMPORAL_DISABLE_WRITE_ACTIONS: 'true',
    });
  });
});
