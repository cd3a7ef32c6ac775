// A MongoDB server for tests, in memory: queries and pipelines by mingo; transactions, failCommand, change streams.
// `node main.mjs [PORT]` prints "port N" and runs until its standard input ends. It is part of a set of one.
import { listen } from './server.mjs';

console.log(`port ${await listen(+process.argv[2] || 0, { alone: true })}`);
process.stdin.on('end', () => process.exit(0)).resume();
