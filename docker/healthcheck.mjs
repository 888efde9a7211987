// Whether this container should be sent traffic. In Node, since slim images have no curl.
const ready = await fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`, { signal: AbortSignal.timeout(2_000) });
process.exit(ready.ok ? 0 : 1);
