package relay_test

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/notify"
	"github.com/wardfold/wardfold/internal/relay"
	"github.com/wardfold/wardfold/internal/secret"
)

var (
	signing = secret.NewKey(bytes.Repeat([]byte{7}, 32))
	kem     = hpke.DHKEM(ecdh.X25519())
)

// switchboard is a relay: it answers with a status and keeps what it was asked.
type switchboard struct {
	*httptest.Server
	private hpke.PrivateKey
	status  int
	header  http.Header
	body    []byte
}

func newSwitchboard(t *testing.T) *switchboard {
	t.Helper()
	private, err := kem.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	s := &switchboard{private: private, status: http.StatusAccepted}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.header = r.Header
		s.body, _ = io.ReadAll(r.Body) // of our own client
		w.WriteHeader(s.status)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *switchboard) line(t *testing.T) *relay.Webhook {
	t.Helper()
	w, err := relay.NewWebhook(s.URL, signing, base64.StdEncoding.EncodeToString(s.private.PublicKey().Bytes()), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

func connection() desk.Connection {
	now := time.Now()
	return desk.Connection{ID: id.Make[id.Call](now), Institution: id.Make[id.Institution](now),
		Desk: secret.NewText("+861088880000"), Family: secret.NewText("+8615400000001"), Until: now.Add(time.Minute)}
}

// TestTheNumbersGoSealedToTheRelayAlone (I3): signed, and only the relay's own key
// opens them, for this call.
func TestTheNumbersGoSealedToTheRelayAlone(t *testing.T) {
	s := newSwitchboard(t)
	c := connection()
	if err := s.line(t).Connect(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if !notify.Verify(s.header, s.body, time.Now(), signing) || s.header.Get(notify.HeaderID) != c.ID.String() {
		t.Error("the delivery is not signed")
	}
	if strings.Contains(string(s.body), "15400000001") || strings.Contains(string(s.body), "88880000") {
		t.Error("a number is in clear on the wire")
	}
	var p struct {
		Type string
		Data relay.Asked
	}
	if err := json.Unmarshal(s.body, &p); err != nil || p.Type != "call.connect" {
		t.Fatalf("%s, %v", p.Type, err)
	}
	sealed, err := base64.StdEncoding.DecodeString(p.Data.Sealed)
	if err != nil {
		t.Fatal(err)
	}
	open := func(id string) (n relay.Numbers, err error) {
		r, err := hpke.NewRecipient(sealed[:32], s.private, hpke.HKDFSHA256(), hpke.AES128GCM(), []byte(relay.Info))
		if err != nil {
			return n, err
		}
		plain, err := r.Open([]byte(id), sealed[32:])
		if err == nil {
			err = json.Unmarshal(plain, &n)
		}
		return n, err
	}
	if n, err := open(p.Data.ID); err != nil || n.Desk != "+861088880000" || n.Family != "+8615400000001" {
		t.Errorf("the relay cannot open it: %v", err)
	}
	if _, err := open("cal_another"); err == nil {
		t.Error("it opens for another call")
	}
}

// TestWhatTheRelayAnswersIsSaidWithoutANumber (I3).
func TestWhatTheRelayAnswersIsSaidWithoutANumber(t *testing.T) {
	s := newSwitchboard(t)
	line := s.line(t)
	for status, code := range map[int]string{400: "call.refused", 422: "call.refused", 500: "call.down", 302: "call.down"} {
		s.status = status
		err := line.Connect(t.Context(), connection())
		if fault.CodeOf(err) != code || strings.Contains(err.Error(), "8888") || strings.Contains(err.Error(), "1540") {
			t.Errorf("%d: %v", status, err)
		}
	}
	s.Close()
	if err := line.Connect(t.Context(), connection()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a dead relay: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := line.Connect(ctx, connection()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("nobody waits any more: %v", err)
	}
}

// TestARelayIsConfiguredWholeOrNotAtAll.
func TestARelayIsConfiguredWholeOrNotAtAll(t *testing.T) {
	good := base64.StdEncoding.EncodeToString(newSwitchboard(t).private.PublicKey().Bytes())
	for code, c := range map[string][2]string{
		"call.key":       {"https://relay.example.cn", "c2hvcnQ="},
		"notify.address": {"http://relay.example.cn", good},
	} {
		if _, err := relay.NewWebhook(c[0], signing, c[1], nil); fault.CodeOf(err) != code && !strings.Contains(err.Error(), code) {
			t.Errorf("%s: %v", code, err)
		}
	}
}
