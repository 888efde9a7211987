// Succeeds if this container may get traffic. It is written for Node because slim images have no curl.
const ready = await fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`, { signal: AbortSignal.timeout(5_000) });
process.exit(ready.ok ? 0 : 1);
