// Package seal keeps personal information unreadable outside the gate. Every
// field is encrypted under a key of its own subject and bound to its place, so
// that it opens nowhere else; destroying that key destroys the record.
//
// # Keys
//
// Four floors, each wrapping the one below:
//
//	KEK              in a key ring outside the database: a file, an HSM, a transit engine
//	institution key  random, one per version, wrapped under a KEK      table institution_key
//	subject key      random, one per subject, wrapped under a version  table subject_key
//	field            AEAD with a random nonce and the Place as additional data
//
// A fifth key per institution serves the blind index (table index_key). A
// subject's row also holds a random salt from which the ledger's commitments
// derive; it dies with the key.
//
// # Suites
//
// Suite Intl is AES-256-GCM, HMAC-SHA256 and Ed25519; suite GM is SM4-GCM
// (GB/T 32907, RFC 8998), HMAC-SM3 (GB/T 32905) and SM2 (GB/T 32918). An
// institution chooses one when it is provisioned and keeps it. Ledger
// commitments use HMAC-SHA256 in both, like the RFC 6962 tree that they hang
// in, so that any verifier needs only one hash.
//
// # Sealed bytes
//
//	sealed = "v" version ":" suite nonce[12] ciphertext tag[16]
//
// where version is decimal without leading zeros and suite is one byte. The
// version always names the key directly above. A wrapped subject key says
// "v3:" when version 3 of the institution key wraps it; rotation rewrites that
// prefix. A field says "v1:", the generation of its subject's key. Subject keys
// are never replaced, so rotation leaves the fields alone and their prefix
// stays true. A number that names no key is the fault seal.key_unknown.
//
// The additional data is a label and the parts of the place, each preceded by
// its length as two bytes, big-endian:
//
//	"wardfold/field/1"        suite institution subject field version(4) key version(4)
//	"wardfold/subject-key/1"  suite institution subject key version(4)
//
// testdata/vectors.json holds published examples of both suites.
//
// # Rotation and destruction
//
// Rotate adds a version, under which every new subject is wrapped from that
// commit on, and rewraps the old ones in small transactions while the system
// serves. Interrupted, it is resumed by calling it again. When the last key has
// moved, the old version is drained; Destroy erases it once it has been drained
// for the backup window (30 days unless configured) and nothing uses it.
//
// A backup holds the wrapped institution keys, so destroying a version in the
// live database does not reach backups by itself. The KEK does: bring a new KEK
// into the ring, Rotate every institution, wait out the window, Destroy the old
// versions, then remove the old KEK from the ring (InUse says when). From then
// on every older backup is noise, and with it every subject erased since
// (invariant I10). Until then a restore must replay the tombstones before it
// serves. The ring itself must therefore never lie in the same backup as the
// database, and copies of it older than the window must be destroyed.
//
// # Blind index
//
// Index gives 16 bytes of HMAC under a key per institution and field, on values
// that the caller has already normalised. It refuses fields of few values, such
// as a birth month: whoever holds the database could tell them apart by
// frequency. The index key is not rotated with the others, because every index
// would have to be recomputed from clear values.
//
// # The permit
//
// Opening needs a Permit (invariant I2). Only package gate mints one, inside
// the transaction that writes the audit entry; a test of the whole repository
// refuses any other caller. The zero Permit, a revoked one and one that another
// transaction owns open nothing.
//
// # What it does not do
//
// It hides neither that a subject exists nor the length of a value, it cannot
// see an old ciphertext of the same place and version put back, and it does
// not protect against whoever reads the memory of the running process. Keys in
// use lie in that memory; subject keys only for the length of one call or the
// life of one Sealer.
package seal
