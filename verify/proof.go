package verify

import "golang.org/x/mod/sumdb/tlog"

// maxProof is the longest proof that a tree of maxSize leaves can need.
const maxProof = 64

// Inclusion checks that the leaf with this hash stands at index under head
// (RFC 6962 §2.1.1). Errors: Malformed, NotIncluded.
func Inclusion(proof []Hash, head Checkpoint, index int64, leaf Hash) error {
	if index < 0 || index >= head.Size || head.Size > maxSize || len(proof) > maxProof {
		return failAt(Malformed, index, "index, size or proof length out of range")
	}
	if err := tlog.CheckRecord(proof, head.Size, head.Root, index, leaf); err != nil {
		return &Error{Code: NotIncluded, At: index, Err: err}
	}
	return nil
}

// Consistency checks that newer contains everything that older did, in the same
// order (RFC 6962 §2.1.2). Two heads of the same size must have the same root.
// Errors: Malformed, WrongOrigin, RolledBack when newer is the smaller one,
// Forked when equal sizes have different roots, Inconsistent.
func Consistency(proof []Hash, older, newer Checkpoint) error {
	switch {
	case older.Origin != newer.Origin:
		return fail(WrongOrigin, "heads of two logs")
	case older.Size < 0 || newer.Size > maxSize || len(proof) > maxProof:
		return fail(Malformed, "size or proof length out of range")
	case newer.Size < older.Size:
		return fail(RolledBack, "from %d leaves to %d", older.Size, newer.Size)
	case newer.Size == older.Size || older.Size == 0:
		return trivial(proof, older, newer)
	}
	if err := tlog.CheckTree(proof, newer.Size, newer.Root, older.Size, older.Root); err != nil {
		return &Error{Code: Inconsistent, At: -1, Err: err}
	}
	return nil
}

// trivial settles the cases in which the proof must be empty.
func trivial(proof []Hash, older, newer Checkpoint) error {
	switch {
	case len(proof) != 0:
		return fail(Inconsistent, "a proof where none is needed")
	case older.Size == newer.Size && older.Root != newer.Root:
		return fail(Forked, "two roots at %d leaves", older.Size)
	case older.Size == 0 && older.Root != emptyRoot:
		return fail(Inconsistent, "an empty log has only one root")
	}
	return nil
}
