// Preloaded into every process of the benchmark: it ends with the one that started it, however that went.
process.on('disconnect', () => process.exit(0))
