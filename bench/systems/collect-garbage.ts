/** Loaded into every process that is measured: on SIGUSR2 it collects its garbage, so that memory means what is in use. */
process.on('SIGUSR2', () => {
  globalThis.gc?.();
});
