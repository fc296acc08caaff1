// Package logtest builds small logs in memory for tests: of package verify, of
// wardcheck, and of anybody who writes a witness or a monitor. It computes
// everything with golang.org/x/mod/sumdb, not with verify, so that the two
// check each other. Its keys are fixed and worth nothing.
package logtest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io/fs"
	"maps"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/wardfold/wardfold/verify"
)

// Log is a log under construction.
type Log struct {
	Origin string
	Key    ed25519.PrivateKey
	hashes []tlog.Hash // in tlog's storage order
	leaves [][]byte
}

// New returns an empty log whose key follows from its origin.
func New(origin string) *Log { return &Log{Origin: origin, Key: Key(origin)} }

// Key returns the fixed key of a name.
func Key(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("logtest " + name))
	return ed25519.NewKeyFromSeed(seed[:])
}

// Entry returns an entry that ParseLeaf accepts; different for different i.
func Entry(i int) []byte {
	l := verify.Leaf{
		Time: time.UnixMilli(1_790_000_000_000 + int64(i)*250), Type: "reveal",
		Event: fmt.Sprintf("evt_%026d", i), Actor: "stf_0000000000000000000000000a", Role: "clerk",
		HandledBy: "stf_0000000000000000000000000a", InCharge: "manager", Operation: "use",
		Purpose: "contact.class", Fields: []string{"guardian.phone"}, Rules: []string{"grant.standing"},
		Commitment: sha256.Sum256([]byte{byte(i), byte(i >> 8), byte(i >> 16)}),
	}
	return l.AppendTo(nil)
}

// Fill appends n entries of Entry.
func (l *Log) Fill(n int) *Log {
	for range n {
		l.Append(Entry(len(l.leaves)))
	}
	return l
}

// Append adds one entry.
func (l *Log) Append(entry []byte) {
	h, err := tlog.StoredHashes(int64(len(l.leaves)), entry, l)
	if err != nil {
		panic(err) // the hashes are in memory
	}
	l.hashes = append(l.hashes, h...)
	l.leaves = append(l.leaves, entry)
}

// Entries returns the entries so far; the caller may change the outer slice.
func (l *Log) Entries() [][]byte { return append([][]byte(nil), l.leaves...) }

// ReadHashes makes Log a tlog.HashReader.
func (l *Log) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		list[i] = l.hashes[x]
	}
	return list, nil
}

// VerifierKey returns the public half of the log's key.
func (l *Log) VerifierKey() verify.Key {
	k, err := verify.NewLogKey(l.Origin, l.Key.Public().(ed25519.PublicKey))
	if err != nil {
		panic(err) // the origin of a test is a valid name
	}
	return k
}

// Head returns the checkpoint of the first size entries.
func (l *Log) Head(size int64) verify.Checkpoint {
	root, err := tlog.TreeHash(size, l)
	if err != nil {
		panic(err)
	}
	return verify.Checkpoint{Origin: l.Origin, Size: size, Root: root}
}

// Sign signs a checkpoint with the log's key, whatever it says.
func (l *Log) Sign(c verify.Checkpoint) []byte {
	k := l.VerifierKey()
	return appendSignature([]byte(c.String()+"\n"), k, ed25519.Sign(l.Key, []byte(c.String())))
}

// Cosign adds the cosignature of a witness to a signed checkpoint.
func Cosign(signed []byte, witness string, at time.Time) []byte {
	text := signed[:bytes.Index(signed, []byte("\n\n"))+1]
	msg := fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at.Unix(), text)
	sig := binary.BigEndian.AppendUint64(nil, uint64(at.Unix()))
	return appendSignature(bytes.Clone(signed), Witness(witness), append(sig, ed25519.Sign(Key(witness), msg)...))
}

// Witness returns the verifier key of a witness.
func Witness(name string) verify.Key {
	raw := append([]byte{4}, Key(name).Public().(ed25519.PublicKey)...)
	sum := sha256.Sum256(append([]byte(name+"\n"), raw...))
	k, err := verify.ParseKey(fmt.Sprintf("%s+%x+%s", name, sum[:4], base64.StdEncoding.EncodeToString(raw)))
	if err != nil {
		panic(err)
	}
	return k
}

func appendSignature(signed []byte, k note.Verifier, sig []byte) []byte {
	raw := append(binary.BigEndian.AppendUint32(nil, k.KeyHash()), sig...)
	return fmt.Appendf(signed, "— %s %s\n", k.Name(), base64.StdEncoding.EncodeToString(raw))
}

// Receipt returns the receipt of one entry under the whole log.
func (l *Log) Receipt(index int64) verify.Receipt {
	n := int64(len(l.leaves))
	p, err := tlog.ProveRecord(n, index, l)
	if err != nil {
		panic(err)
	}
	return verify.Receipt{
		Format: "wardfold-receipt/1", Log: l.VerifierKey().String(), Index: index,
		Leaf: string(l.leaves[index]), Proof: p, Checkpoint: string(l.Sign(l.Head(n))),
	}
}

// Evidence returns a pack with heads of the given sizes, the entries at the
// given indexes, and papers. It appends the entry that seals the pack.
func (l *Log) Evidence(heads, exhibits []int64, papers ...verify.Paper) verify.Evidence {
	e := verify.Evidence{Format: verify.EvidenceFormat, Log: l.VerifierKey().String(), Papers: papers,
		From: time.Unix(1_780_000_000, 0).UTC(), To: time.Unix(1_800_000_000, 0).UTC()}
	for _, size := range heads {
		e.Heads = append(e.Heads, verify.EarlierHead{Checkpoint: string(l.Sign(l.Head(size)))})
	}
	for _, i := range exhibits {
		e.Exhibits = append(e.Exhibits, verify.Exhibit{Index: i, Leaf: string(l.leaves[i])})
	}
	l.Seal(&e)
	return e
}

// Seal appends the entry that seals a pack, and makes all proofs of the pack
// anew under the head that this gives.
func (l *Log) Seal(e *verify.Evidence) {
	var err error
	if e.Manifest, err = e.ManifestOf(); err != nil {
		panic(err) // the heads are our own
	}
	sealed := verify.Leaf{Time: time.UnixMilli(1_799_000_000_000), Type: verify.EvidenceType,
		Event: fmt.Sprintf("evt_%026d", len(l.leaves)), Role: "officer", HandledBy: "officer",
		Hash: sha256.Sum256([]byte(e.Manifest))}
	l.Append(sealed.AppendTo(nil))
	n := int64(len(l.leaves))
	e.Checkpoint = string(l.Sign(l.Head(n)))
	e.Seal = l.Receipt(n - 1).Exhibit()
	for i := range e.Exhibits {
		e.Exhibits[i].Proof = l.Receipt(e.Exhibits[i].Index).Proof
	}
	for i := range e.Heads {
		h, err := verify.OpenHead([]byte(e.Heads[i].Checkpoint), l.VerifierKey())
		if err != nil {
			panic(err)
		}
		if e.Heads[i].Proof, err = tlog.ProveTree(n, h.Size, l); err != nil {
			panic(err)
		}
	}
}

// Files is a log as its files. It is a verify.Source.
type Files map[string][]byte

// Read returns a file.
func (f Files) Read(_ context.Context, path string) ([]byte, error) {
	data, ok := f[path]
	if !ok {
		return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	return data, nil
}

// Clone returns a copy whose files can be replaced.
func (f Files) Clone() Files { return maps.Clone(f) }

// Files returns the log as c2sp.org/tlog-tiles, with a signed checkpoint.
func (l *Log) Files() Files {
	n := int64(len(l.leaves))
	f := Files{"checkpoint": l.Sign(l.Head(n))}
	for _, t := range tlog.NewTiles(8, 0, n) {
		data, err := tlog.ReadTileData(t, l)
		if err != nil {
			panic(err)
		}
		f[verify.Tile{Level: t.L, N: t.N, Width: t.W}.Path()] = data
		if t.L == 0 {
			f[verify.Tile{Level: verify.Entries, N: t.N, Width: t.W}.Path()] = l.bundle(t.N*256, int64(t.W))
		}
	}
	return f
}

func (l *Log) bundle(start, width int64) (b []byte) {
	for _, e := range l.leaves[start : start+width] {
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(e))), e...)
	}
	return b
}
