import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort, own, Program, waitFor } from '@galley/testing';

/** The replicas of a service, by their names. */
export type Targets = Readonly<Record<string, { job: string; url: string }>>;

export interface PrometheusOptions {
  targets: Targets;
  /** The text of a file with rules. */
  rules: string;
  scrapeEverySeconds: number;
}

interface Series {
  metric: Record<string, string>;
  value: [time: number, value: string];
}

/** Prometheus, from Debian's package `prometheus`, on files and a port of its own. */
export class Prometheus {
  private constructor(private readonly url: string) {}

  static async start({ targets, rules, scrapeEverySeconds }: PrometheusOptions): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'galley-prometheus-'));
    const jobs = new Set(Object.values(targets).map(({ job }) => job));
    const interval = `${scrapeEverySeconds}s`;
    const config = {
      global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
      rule_files: ['rules.yaml'],
      scrape_configs: [...jobs].map((job) => ({
        job_name: job,
        static_configs: Object.entries(targets)
          .filter(([, target]) => target.job === job)
          .map(([instance, { url }]) => ({ targets: [new URL(url).host], labels: { instance } })),
      })),
    };
    writeFileSync(join(folder, 'prometheus.yml'), stringify(config));
    writeFileSync(join(folder, 'rules.yaml'), rules);
    const port = await freePort();
    const program = new Program('prometheus', [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    own(async () => {
      program.kill('SIGKILL');
      await program.exitCode();
      rmSync(folder, { recursive: true, force: true });
    });
    const prometheus = new Prometheus(`http://127.0.0.1:${port}`);
    await waitFor(() => prometheus.isReady(), 'Prometheus to be ready', 60_000);
    return prometheus;
  }

  /** The names of the alerts that fire now. */
  async firing(): Promise<Set<string>> {
    const { alerts } = await this.ask<{ alerts: { state: string; labels: { alertname: string } }[] }>('alerts');
    return new Set(alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname));
  }

  /** What a query finds now. */
  async query(query: string): Promise<Series[]> {
    const { result } = await this.ask<{ result: Series[] }>(`query?${new URLSearchParams({ query }).toString()}`);
    return result;
  }

  private async isReady(): Promise<boolean> {
    return fetch(`${this.url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  private async ask<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1/${path}`);
    const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new Error(`Prometheus refuses ${path}: ${error}`);
    return data;
  }
}
