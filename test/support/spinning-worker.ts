// A process that hangs in its work: its event loop never runs again.
process.send?.('spins');
for (;;);
