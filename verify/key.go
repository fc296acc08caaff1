package verify

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// Signature algorithms of c2sp.org/signed-note.
const (
	algEd25519     = 0x01 // a log signs the checkpoint itself
	algCosignature = 0x04 // a witness signs time and checkpoint
)

// Key is a public key in the note format "name+hash+base64": the key of a log,
// or of a witness (algorithm 0x04). The zero Key verifies nothing.
type Key struct {
	name   string
	hash   uint32
	alg    byte
	public ed25519.PublicKey
}

// ParseKey reads a verifier key. It accepts exactly what String prints.
func ParseKey(s string) (Key, error) {
	name, rest, _ := strings.Cut(s, "+")
	hex, b64, _ := strings.Cut(rest, "+")
	hash, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 8 {
		return Key{}, fail(Malformed, "key hash is not 8 hexadecimal digits")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(b64)
	if err != nil || len(raw) != 1+ed25519.PublicKeySize {
		return Key{}, fail(Malformed, "key is not one algorithm byte and 32 key bytes")
	}
	k := Key{name: name, hash: uint32(hash), alg: raw[0], public: raw[1:]}
	if k.alg != algEd25519 && k.alg != algCosignature {
		return Key{}, fail(Malformed, "unknown key algorithm %#x", k.alg)
	}
	if !validName(name) || keyHash(name, raw) != k.hash || k.String() != s {
		return Key{}, fail(Malformed, "key name and hash do not belong to the key")
	}
	return k, nil
}

// NewLogKey names an Ed25519 public key as the key of the log called origin.
func NewLogKey(origin string, public ed25519.PublicKey) (Key, error) {
	s, err := note.NewEd25519VerifierKey(origin, public)
	if err != nil {
		return Key{}, fail(Malformed, "%v", err)
	}
	return ParseKey(s)
}

// IsZero reports whether k was never set.
func (k Key) IsZero() bool { return k.name == "" }

// Name is the name under which the key signs; for a log, its origin.
func (k Key) Name() string { return k.name }

// KeyHash is the short identifier that appears beside each signature.
func (k Key) KeyHash() uint32 { return k.hash }

// Witness reports whether k signs as a witness rather than as a log.
func (k Key) Witness() bool { return k.alg == algCosignature }

func (k Key) String() string {
	if k.IsZero() {
		return ""
	}
	raw := append([]byte{k.alg}, k.public...)
	return fmt.Sprintf("%s+%08x+%s", k.name, k.hash, base64.StdEncoding.EncodeToString(raw))
}

// Verify reports whether sig is this key's signature of the note text msg. It
// makes Key a note.Verifier.
func (k Key) Verify(msg, sig []byte) bool {
	switch k.alg {
	case algEd25519:
		return ed25519.Verify(k.public, msg, sig)
	case algCosignature:
		if len(sig) != 8+ed25519.SignatureSize {
			return false
		}
		return ed25519.Verify(k.public, cosigned(binary.BigEndian.Uint64(sig), msg), sig[8:])
	}
	return false
}

// cosigned is the message under a witness's signature (c2sp.org/tlog-cosignature).
func cosigned(unix uint64, msg []byte) []byte {
	return append(fmt.Appendf(nil, "cosignature/v1\ntime %d\n", unix), msg...)
}

// Cosignature says that a witness saw a head and found that it continues
// everything the witness had seen of this log before.
type Cosignature struct {
	Name string
	Hash uint32
	At   time.Time // by the witness's clock, to the second
}

func cosignature(s note.Signature) (Cosignature, error) {
	raw, err := base64.StdEncoding.DecodeString(s.Base64)
	if err != nil || len(raw) != 4+8+ed25519.SignatureSize {
		return Cosignature{}, fail(Malformed, "cosignature of %s", s.Name)
	}
	at := time.Unix(int64(binary.BigEndian.Uint64(raw[4:])), 0).UTC()
	return Cosignature{Name: s.Name, Hash: s.Hash, At: at}, nil
}

func keyHash(name string, key []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), key...))
	return binary.BigEndian.Uint32(sum[:])
}

// validName is the rule of c2sp.org/signed-note, narrowed to printable ASCII.
func validName(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || s[i] == '+' {
			return false
		}
	}
	return s != "" && len(s) <= 255
}
