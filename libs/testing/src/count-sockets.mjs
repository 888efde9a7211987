/** Preload this into a tested program. The program then answers any message with the number of its open TCP sockets. */
process.on('message', () => {
  process.send(process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length);
});
