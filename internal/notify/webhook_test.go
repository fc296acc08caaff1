package notify_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/notify"
	"github.com/wardfold/wardfold/internal/secret"
)

func message() notify.Message {
	now := time.Now()
	return notify.Message{ID: id.Make[id.Message](now), Institution: id.Make[id.Institution](now), To: secret.NewText(mother),
		Template: "code", Args: []secret.Text{secret.NewText("123456")}, Text: secret.NewText("【晨光教育】验证码123456"), Language: "zh-CN", Expires: now}
}

func webhook(t *testing.T, h http.Handler) *notify.Webhook {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	w, err := notify.NewWebhook(s.URL+"/messages", signingKey(t, vectorSecret), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

func TestAReceiverVerifiesAndReadsADelivery(t *testing.T) {
	m := message()
	var got struct {
		Type string
		Data struct {
			ID, To, Template, Text string
			Args                   []string
		}
	}
	verified := false
	w := webhook(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || json.Unmarshal(body, &got) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		verified = notify.Verify(r.Header, body, time.Now(), signingKey(t, vectorSecret)) && r.Method == http.MethodPost &&
			r.Header.Get("Content-Type") == "application/json" && r.Header.Get("Webhook-Id") == m.ID.String() && r.URL.RawQuery == ""
		w.WriteHeader(http.StatusAccepted)
	}))
	if err := w.Deliver(t.Context(), m); err != nil || !verified {
		t.Fatalf("verified %v, %v", verified, err)
	}
	if got.Type != "message.send" || got.Data.To != mother || got.Data.ID != m.ID.String() || len(got.Data.Args) != 1 || got.Data.Args[0] != "123456" {
		t.Error("the body is not what was sent")
	}
}

func TestWhatAGatewaysAnswerMeans(t *testing.T) {
	for status, kind := range map[int]fault.Kind{200: "", 202: "", 204: "", 400: fault.Invalid, 413: fault.Invalid, 422: fault.Invalid,
		301: fault.Unavailable, 401: fault.Unavailable, 404: fault.Unavailable, 429: fault.Unavailable, 500: fault.Unavailable, 503: fault.Unavailable} {
		w := webhook(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(status)
			_, _ = w.Write([]byte("no such number: " + mother))
		}))
		err := w.Deliver(t.Context(), message())
		if fault.KindOf(err) != kind || (err == nil) != (kind == "") {
			t.Errorf("%d: got %v", status, err)
		}
		if err != nil && strings.Contains(err.Error(), "1380000") {
			t.Errorf("%d: the error quotes the gateway", status)
		}
	}
}

// T49: a phone number goes to the configured address and to no other.
func TestARedirectIsNotFollowed(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(other.Close)
	w := webhook(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	}))
	if err := w.Deliver(t.Context(), message()); !errors.Is(err, fault.Unavailable) || elsewhere.Load() != 0 {
		t.Errorf("got %v, %d requests elsewhere", err, elsewhere.Load())
	}
}

func TestWhichAddressesAGatewayMayHave(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://sms.example/v1": true, "http://localhost:9000/x": true, "http://127.0.0.1:9000": true, "http://[::1]:9000": true,
		"https://10.0.0.5/x": true, "http://sms.example/v1": false, "http://10.0.0.5/": false, "ftp://sms.example": false, "": false,
		"https://": false, "https://user:pw@sms.example": false, "https://sms.example/#x": false, "file:///etc/passwd": false,
	} {
		w, err := notify.NewWebhook(address, signingKey(t, vectorSecret), nil)
		if (err == nil) != ok || (!ok && fault.CodeOf(err) != "notify.address") {
			t.Errorf("%s: got %v", address, err)
		}
		if w != nil {
			w.Close()
		}
	}
}

// T49: a name that resolves to a metadata service reaches nothing.
func TestMetadataAddressesAreNotConnectedTo(t *testing.T) {
	for _, address := range []string{"https://169.254.169.254/latest", "https://[fe80::1]/", "https://0.0.0.0/", "https://[::ffff:169.254.169.254]/",
		"https://[fd00:ec2::254]/", "https://224.0.0.1/"} {
		w, err := notify.NewWebhook(address, signingKey(t, vectorSecret), nil)
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if err := w.Deliver(t.Context(), message()); !errors.Is(err, fault.Unavailable) || time.Since(begun) > time.Second {
			t.Errorf("%s: got %v after %v", address, err, time.Since(begun))
		}
		w.Close()
	}
}

func TestAMessageReachesARealReceiverThroughItsFailures(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		var tries atomic.Int32
		ids := map[string]bool{}
		w := webhook(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ids[r.Header.Get(notify.HeaderID)] = true
			switch tries.Add(1) {
			case 1:
				w.WriteHeader(http.StatusBadGateway)
			case 2:
				w.Header().Set("Retry-After", "20")
				w.WriteHeader(http.StatusTooManyRequests)
			}
		}))
		o.Gateway = w
		o.code(true)
		o.deliver()
		o.pass(4 * time.Second)
		o.deliver()
		o.pass(19 * time.Second)
		if o.deliver(); tries.Load() != 2 {
			t.Errorf("%d requests: the gateway's wish to wait was not heard", tries.Load())
		}
		o.pass(2 * time.Second)
		o.deliver()
		if n, _ := o.letters("sent"); n != 1 || tries.Load() != 3 || len(ids) != 1 {
			t.Errorf("%d sent after %d requests with %d ids", n, tries.Load(), len(ids))
		}
	})
}
