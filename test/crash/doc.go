// Package crash kills the house with SIGKILL at random instants under mixed
// work and checks, on what is left on the disk, that nothing it acknowledged is
// lost (invariant I9), that everything it showed is logged (I1), that nothing
// it erased opens (I10), and that the log verifies from its first leaf.
//
// A round is one life of a child process: the test binary itself, with the same
// rooms as the real program, on a SQLite file. Its clients work without pause
// (40 % reveals, 20 % enrolments, 10 % consents, 10 % corrections, 10 % grants,
// 5 % erasures, 5 % key rotations) and tell the parent over a pipe what they
// are about to do and what came of it, the latter only after the call has
// returned. The parent survives, so what it heard is the external ledger. It
// kills the child 5 to 400 ms after the child was ready, opens the data itself,
// judges, and starts the next child on the same data; every twentieth round
// begins with a new house.
//
// Two further series drive the real binary, installed by "wardfold init", over
// HTTP with an API key: on SQLite it is killed; on PostgreSQL in turn the
// program, one of its backends and the whole cluster are killed. There the judge
// is an outsider: requests whose answer was lost are sent again under their
// Idempotency-Key, and package verify reads the log over HTTP with every head
// seen before.
//
//	make crash N=2000                                        rounds, from a new seed
//	make crash SERVED=100                                    rounds of each series on the binary
//	WARDFOLD_CRASH_SEED=7 WARDFOLD_CRASH_ROUNDS=50 go test ./test/crash
//
// A seed repeats the work and the instants of the kills, not the interleaving of
// the clients.
package crash
