package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
)

// Webhook is a gateway that takes messages by HTTP POST, signed after the
// Standard Webhooks specification 1.0.0. Its address comes from the operator's
// file and from nowhere else.
type Webhook struct {
	address string
	key     secret.Key
	now     func() time.Time
	client  *http.Client
}

// NewWebhook returns a gateway at address, which is https, or http on the
// loopback interface. now may be nil. Invalid: notify.address.
func NewWebhook(address string, key secret.Key, now func() time.Time) (*Webhook, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, fault.At("address", "notify.address")
	}
	if now == nil {
		now = time.Now
	}
	dial := &net.Dialer{Timeout: 5 * time.Second, Control: refuseMetadata}
	return &Webhook{address: address, key: key, now: now, client: &http.Client{
		Timeout: patience,
		// A redirect would send a family's phone number to an address that nobody
		// configured.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dial.DialContext, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: patience,
			MaxIdleConnsPerHost: batch, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 16 << 10, ForceAttemptHTTP2: true,
		},
	}}, nil
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// refuseMetadata keeps a name that resolves anew from reaching what no gateway
// lives on: a cloud's metadata service, multicast, nowhere. Private networks are
// allowed: that is where gateways are.
func refuseMetadata(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return err
	}
	addr = addr.Unmap().WithZone("")
	if addr.IsLinkLocalUnicast() || addr.IsMulticast() || addr.IsUnspecified() || addr == awsMetadata {
		return fault.New(fault.Unavailable, "notify.address")
	}
	return nil
}

var awsMetadata = netip.MustParseAddr("fd00:ec2::254")

// Close gives back idle connections.
func (w *Webhook) Close() { w.client.CloseIdleConnections() }

// payload is the body of a delivery. Source: Standard Webhooks, "Payload
// structure".
type payload struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      any       `json:"data"`
}

type data struct {
	ID          string    `json:"id"`
	Institution string    `json:"institution"`
	To          string    `json:"to"`
	Template    string    `json:"template"`
	Args        []string  `json:"args"`
	Text        string    `json:"text"`
	Language    string    `json:"language"`
	Expires     time.Time `json:"expires_at"`
}

// Deliver posts one message; see Post.
func (w *Webhook) Deliver(ctx context.Context, m Message) error {
	d := data{ID: m.ID.String(), Institution: m.Institution.String(), To: m.To.Expose(), Template: m.Template,
		Args: []string{}, Text: m.Text.Expose(), Language: m.Language, Expires: m.Expires}
	for _, a := range m.Args {
		d.Args = append(d.Args, a.Expose())
	}
	return w.Post(ctx, d.ID, "message.send", d)
}

// Post posts one delivery of a type, signed; id is the same at every attempt. Any
// 2xx is a yes. 400, 413 and 422 are a no for ever: the other side has read it and
// will not take it. Everything else may pass. Errors carry the status, never what
// was sent or answered.
func (w *Webhook) Post(ctx context.Context, id, kind string, what any) error {
	at := w.now()
	body, err := json.Marshal(payload{kind, at.UTC(), what})
	if err != nil {
		return fmt.Errorf("notify: encode: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.address, bytes.NewReader(body))
	if err != nil {
		return fault.New(fault.Unavailable, "notify.address")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Wardfold")
	r.Header.Set(HeaderID, id)
	r.Header.Set(HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
	r.Header.Set(HeaderSignature, Sign(w.key, id, at, body))
	answer, err := w.client.Do(r)
	if err != nil {
		return fault.New(fault.Unavailable, "notify.down").Because(errors.New("the gateway did not answer"))
	}
	defer func() { _ = answer.Body.Close() }() // read or not, the answer is of no more use
	_, _ = io.CopyN(io.Discard, answer.Body, 64<<10)
	return judge(answer)
}

func judge(answer *http.Response) error {
	switch s := answer.StatusCode; {
	case s >= 200 && s < 300:
		return nil
	case s == http.StatusBadRequest, s == http.StatusRequestEntityTooLarge, s == http.StatusUnprocessableEntity:
		return fault.New(fault.Invalid, "notify.refused", s)
	case s == http.StatusTooManyRequests, s == http.StatusServiceUnavailable:
		if n, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil && n > 0 {
			return fault.New(fault.Unavailable, "notify.down", s).Because(&wait{time.Duration(min(n, 86400)) * time.Second})
		}
	}
	return fault.New(fault.Unavailable, "notify.down", answer.StatusCode)
}
