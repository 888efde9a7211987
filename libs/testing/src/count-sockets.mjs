/** Loaded into a program that is tested: it answers any message with the number of its open TCP sockets. */
process.on('message', () => {
  process.send(process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length);
});
