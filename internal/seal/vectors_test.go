package seal_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

const vectorFile = "testdata/vectors.json"

// hexBytes reads and writes bytes as hexadecimal.
type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }
func (h *hexBytes) UnmarshalText(b []byte) (err error) {
	*h, err = hex.DecodeString(string(b))
	return err
}

// vector is a published example of everything that this package computes.
// Every value in it is invented.
type vector struct {
	Suite       string         `json:"suite"`
	Institution id.Institution `json:"institution"`
	Subject     id.Subject     `json:"subject"`
	Event       id.Event       `json:"event"`

	InstitutionKey hexBytes `json:"institution_key"`
	IndexKey       hexBytes `json:"index_key"`
	SubjectKey     hexBytes `json:"subject_key"`
	Salt           hexBytes `json:"salt"`
	WrapNonce      hexBytes `json:"wrap_nonce"`
	WrapAAD        hexBytes `json:"wrap_aad"`
	Wrapped        hexBytes `json:"wrapped"`

	Field      string   `json:"field"`
	Version    uint32   `json:"version"`
	Plaintext  string   `json:"plaintext"`
	Nonce      hexBytes `json:"nonce"`
	AAD        hexBytes `json:"aad"`
	Ciphertext hexBytes `json:"ciphertext"` // as stored, with its header

	Index      hexBytes `json:"index"`
	EventSalt  hexBytes `json:"event_salt"`
	Commitment hexBytes `json:"commitment"`
}

// tape replays the random bytes of a vector.
type tape struct{ bytes.Buffer }

func (r *tape) feed(parts ...hexBytes) {
	for _, p := range parts {
		r.Write(p)
	}
}

// compute fills the results of a vector by the public functions alone.
func compute(t *testing.T, v vector) vector {
	t.Helper()
	suite, err := seal.ParseSuite(v.Suite)
	if err != nil {
		t.Fatal(err)
	}
	var random tape
	vault, err := seal.New(seal.Config{KEK: kekOf(t), Rand: &random})
	if err != nil {
		t.Fatal(err)
	}
	d := dbtest.OpenWith(t, db.Config{DSN: dbtest.SQLite(t)})
	h := house{t, d, vault, v.Institution}
	random.feed(v.InstitutionKey, v.IndexKey)
	h.update(func(tx *db.Tx) error { return vault.Provision(tx, v.Institution, suite) })

	random.feed(v.SubjectKey, v.Salt, v.WrapNonce)
	s, err := vault.Prepare(t.Context(), d, v.Institution, v.Subject)
	if err != nil {
		t.Fatal(err)
	}
	h.update(s.Save)
	random.feed(v.Nonce)
	sealed, err := s.Seal(v.Field, v.Version, secret.NewText(v.Plaintext))
	if err != nil {
		t.Fatal(err)
	}
	if random.Len() != 0 {
		t.Errorf("%d random bytes were not used", random.Len())
	}
	place := h.place(v.Subject, v.Field, v.Version)
	v.Ciphertext, v.AAD = sealed, place.AppendAAD(nil, suite, 1)
	v.Wrapped, v.WrapAAD = h.wrapped(v.Subject), seal.SubjectAAD(suite, v.Institution, v.Subject, 1)
	v.Index = h.index(v.Field, v.Plaintext)
	salt := seal.EventSalt(v.Salt, v.Event)
	sum := seal.Commit(salt, v.Subject)
	v.EventSalt, v.Commitment = salt[:], sum[:]
	if got, err := h.open(place, sealed); err != nil || got != v.Plaintext {
		t.Errorf("%s: the vector does not open: %v", v.Suite, err)
	}
	return v
}

func count(from byte, n int) hexBytes {
	b := make(hexBytes, n)
	for i := range b {
		b[i] = from + byte(i)
	}
	return b
}

func inputs() (list []vector) {
	for _, s := range bothSuites {
		inst, _ := id.FromBytes[id.Institution](count(0x10, 16))
		subject, _ := id.FromBytes[id.Subject](count(0x20, 16))
		event, _ := id.FromBytes[id.Event](count(0x30, 16))
		list = append(list, vector{
			Suite: s.String(), Institution: inst, Subject: subject, Event: event,
			InstitutionKey: count(0x40, s.KeySize()), IndexKey: count(0x60, 32),
			SubjectKey: count(0x80, s.KeySize()), Salt: count(0xa0, 16), WrapNonce: count(0xb0, 12),
			Field: "guardian.phone", Version: 3, Plaintext: "+8613800001234", Nonce: count(0xc0, 12),
		})
	}
	return list
}

// The published vectors stay true: data that was sealed once opens for ever.
func TestPublishedVectorsHold(t *testing.T) {
	if *update {
		var list []vector
		for _, v := range inputs() {
			list = append(list, compute(t, v))
		}
		b, err := json.MarshalIndent(list, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectorFile, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != len(bothSuites) {
		t.Fatalf("%d vectors", len(list))
	}
	for _, v := range list {
		if diff := cmp.Diff(v, compute(t, v), cmp.AllowUnexported(id.Institution{}, id.Subject{}, id.Event{})); diff != "" {
			t.Errorf("%s (-published +computed):\n%s", v.Suite, diff)
		}
		byHand(t, v)
	}
}

// byHand opens a vector with nothing but the suite's AEAD, as the package
// manual describes the format.
func byHand(t *testing.T, v vector) {
	t.Helper()
	s, err := seal.ParseSuite(v.Suite)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ key, nonce, aad, sealed, want []byte }{
		{v.InstitutionKey, v.WrapNonce, v.WrapAAD, v.Wrapped, v.SubjectKey},
		{v.SubjectKey, v.Nonce, v.AAD, v.Ciphertext, []byte(v.Plaintext)},
	} {
		head := append([]byte("v1:"), byte(s))
		body, ok := bytes.CutPrefix(c.sealed, append(head, c.nonce...))
		a, err := seal.AEAD(s, c.key)
		if !ok || err != nil {
			t.Fatalf("%s: header %x (%v)", v.Suite, c.sealed[:16], err)
		}
		if got, err := a.Open(nil, c.nonce, body, c.aad); err != nil || !bytes.Equal(got, c.want) {
			t.Errorf("%s: by hand: %v", v.Suite, err)
		}
	}
}
