package verify

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// maxNote bounds a signed checkpoint, in bytes: a head with a hundred witnesses
// stays far below it.
const maxNote = 64 << 10

// Checkpoint is the head of a log: how many leaves, and the root above them
// (c2sp.org/tlog-checkpoint). Extension lines are refused: ours has none.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   Hash
}

// String is the text that is signed: three lines, each ended by a newline.
func (c Checkpoint) String() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// ParseCheckpoint reads the text of a checkpoint, without signatures. It
// accepts exactly what String prints.
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" || !validName(lines[0]) {
		return Checkpoint{}, fail(Malformed, "a checkpoint has an origin, a size and a root")
	}
	size, err := parseSize(lines[1])
	if err != nil {
		return Checkpoint{}, err
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return Checkpoint{}, err
	}
	return Checkpoint{lines[0], size, root}, nil
}

// Head is a checkpoint whose signature was checked.
type Head struct {
	Checkpoint
	Signed    []byte        // the signed note, as read
	Witnessed []Cosignature // by those of the given witnesses who signed
}

// OpenHead checks a signed checkpoint under the log's key and reports which of
// the witnesses cosigned it. The note's origin must be the key's name, so a
// head of another log of the same institution does not pass. Signatures by
// keys that were not given are ignored, as signed-note requires; a wrong
// signature by one that was given fails the whole note.
//
// Errors: Malformed, BadSignature, WrongOrigin.
func OpenHead(signed []byte, log Key, witnesses ...Key) (Head, error) {
	if log.IsZero() || log.Witness() {
		return Head{}, fail(BadSignature, "no log key was given")
	}
	if len(signed) > maxNote {
		return Head{}, fail(Malformed, "the note has more than %d bytes", maxNote)
	}
	known := []note.Verifier{log}
	for _, w := range witnesses {
		if !w.Witness() {
			return Head{}, fail(Malformed, "%s is not a witness key", w.Name())
		}
		known = append(known, w)
	}
	n, err := note.Open(signed, note.VerifierList(known...))
	if err != nil {
		return Head{}, &Error{Code: BadSignature, At: -1, Err: err}
	}
	c, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Head{}, err
	}
	if c.Origin != log.Name() {
		return Head{}, fail(WrongOrigin, "the head is of %s, the key of %s", c.Origin, log.Name())
	}
	h := Head{Checkpoint: c, Signed: signed}
	byLog := false
	for _, s := range n.Sigs {
		if _, err := base64.StdEncoding.Strict().DecodeString(s.Base64); err != nil {
			return Head{}, fail(Malformed, "a signature is not in canonical base64")
		}
		if s.Name == log.Name() && s.Hash == log.KeyHash() {
			byLog = true
			continue
		}
		w, err := cosignature(s)
		if err != nil {
			return Head{}, err
		}
		h.Witnessed = append(h.Witnessed, w)
	}
	if !byLog {
		return Head{}, fail(BadSignature, "the log itself did not sign")
	}
	return h, nil
}

// Quorum returns Unwitnessed unless at least n witnesses cosigned the head.
func (h Head) Quorum(n int) error {
	if len(h.Witnessed) < n {
		return fail(Unwitnessed, "%d of %d witnesses signed", len(h.Witnessed), n)
	}
	return nil
}

func parseSize(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > maxSize || strconv.FormatInt(n, 10) != s {
		return 0, fail(Malformed, "not a plain number below 2^48")
	}
	return n, nil
}

func parseHash(s string) (Hash, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(raw) != len(Hash{}) || Hash(raw).String() != s {
		return Hash{}, fail(Malformed, "not the base64 of 32 bytes")
	}
	return Hash(raw), nil
}
