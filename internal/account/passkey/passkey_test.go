package passkey_test

import (
	"bytes"
	"errors"
	"testing"

	"go.uber.org/goleak"

	"github.com/wardfold/wardfold/internal/account/passkey"
	"github.com/wardfold/wardfold/internal/account/passkey/passkeytest"
	"github.com/wardfold/wardfold/internal/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const origin, host = "https://fold.example", "fold.example"

func party(t *testing.T) *passkey.Party {
	t.Helper()
	p, err := passkey.NewParty(host, "Wardfold", origin)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// register makes a passkey on d and returns the holder with its record.
func register(t *testing.T, p *passkey.Party, d *passkeytest.Device) passkey.Holder {
	t.Helper()
	h := passkey.Holder{Handle: []byte("0123456789abcdef"), Login: "clerk", Name: "Clerk"}
	opts, state, err := p.Register(h)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := d.Create(opts)
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Registered(h, state, answer)
	if err != nil {
		t.Fatal(err)
	}
	h.Records = [][]byte{r.Data}
	return h
}

func TestAPasskeyIsMadeAndProvesItsHolder(t *testing.T) {
	p, d := party(t), passkeytest.New(origin, host)
	h := register(t, p, d)
	for _, asked := range []*passkey.Holder{nil, &h} { // sign in, step up
		opts, state, err := p.Ask(asked)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := d.Get(opts)
		if err != nil {
			t.Fatal(err)
		}
		id, handle, err := passkey.Claimed(answer)
		if err != nil || !bytes.Equal(handle, h.Handle) {
			t.Fatalf("claimed %x, %v", handle, err)
		}
		r, err := p.Proved(h, state, answer)
		if err != nil || r.ID != id {
			t.Fatalf("got %v", err)
		}
		h.Records = [][]byte{r.Data}
	}
}

func TestADeviceThatHoldsAPasskeyIsNotAskedForAnother(t *testing.T) {
	p, d := party(t), passkeytest.New(origin, host)
	h := register(t, p, d)
	opts, _, err := p.Register(h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Create(opts); err == nil {
		t.Error("the options do not exclude the device")
	}
}

func TestAFalseProofIsRefused(t *testing.T) {
	for name, bend := range map[string]func(d *passkeytest.Device, state, answer *[]byte){
		"another origin":      func(d *passkeytest.Device, _, _ *[]byte) { d.Origin = "https://f0ld.example" },
		"another host":        func(d *passkeytest.Device, _, _ *[]byte) { d.Host = "f0ld.example" },
		"an unverified user":  func(d *passkeytest.Device, _, _ *[]byte) { d.Verified = false },
		"a counter gone back": func(d *passkeytest.Device, _, _ *[]byte) { d.Counter = 1 },
	} {
		p, d := party(t), passkeytest.New(origin, host)
		d.Counter = 10
		h := register(t, p, d)
		opts, state, err := p.Ask(nil)
		if err != nil {
			t.Fatal(err)
		}
		var answer []byte
		bend(d, &state, &answer)
		if answer, err = d.Get(opts); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Proved(h, state, answer); !errors.Is(err, fault.Unauthenticated) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAProofAnswersOnlyItsOwnQuestion(t *testing.T) {
	p, d := party(t), passkeytest.New(origin, host)
	h := register(t, p, d)
	opts, _, err := p.Ask(nil)
	if err != nil {
		t.Fatal(err)
	}
	_, other, err := p.Ask(nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := d.Get(opts)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Proved(h, other, answer); fault.CodeOf(err) != "passkey.refused" {
		t.Errorf("a replayed answer: got %v", err)
	}
	stranger := passkey.Holder{Handle: []byte("fedcba9876543210"), Records: h.Records}
	opts, state, err := p.Ask(nil)
	if err != nil {
		t.Fatal(err)
	}
	if answer, err = d.Get(opts); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Proved(stranger, state, answer); fault.CodeOf(err) != "passkey.refused" {
		t.Errorf("another account's handle: got %v", err)
	}
}

func FuzzClaimed(f *testing.F) {
	f.Add([]byte(`{"id":"AA","rawId":"AA","type":"public-key","response":{}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, _, err := passkey.Claimed(b); err != nil && !errors.Is(err, fault.Unauthenticated) {
			t.Fatalf("got %v", err)
		}
	})
}
