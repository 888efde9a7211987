// A process that loads this first prints at its end which modules of the SDK of OpenTelemetry it has loaded.
import { createRequire } from 'node:module';

const { cache } = createRequire(import.meta.url);

process.on('exit', () => {
  const loaded = Object.keys(cache).filter((path) => /@opentelemetry\/(sdk|otlp|exporter|context)/.test(path));
  process.stderr.write(`${loaded.length} modules of the SDK\n`);
});
