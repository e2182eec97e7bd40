// Looks again until there is something to see.
setTimeout(() => location.reload(), 2000);
