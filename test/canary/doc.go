// Package canary looks for personal information and secrets where they must not
// be (invariants I1 and I3; T50 and T51 of the test plan).
//
// Every kind of value that enters or arises in the house gets a canary: a value
// that exists nowhere else. The use cases are driven with them, the failing
// ones above all. Then everything that leaves the house by another way than its
// purpose is searched for every canary in every encoding: log lines at the
// finest level, the text of every error, what fmt prints of requests and
// answers, audit leaves and the served log, standard output, and the raw bytes
// of every file: database, write-ahead log, backups, guard, tombstones.
//
// A search that cannot find anything would pass, too. So each encoding is
// planted once in each kind of place, and must be found.
package canary
