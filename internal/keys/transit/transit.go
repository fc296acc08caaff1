// Package transit has a HashiCorp Vault or OpenBao server wrap institution
// keys: the root key never leaves that server. It speaks the encrypt and
// decrypt endpoints of the transit secrets engine over net/http.
//
// The engine's key must be of an AEAD type (aes256-gcm96, the default), because
// each wrap is bound to its place through associated_data; older servers that
// ignore that field are refused by Check. The policy of the token needs
// "update" on {mount}/encrypt/{key} and {mount}/decrypt/{key} and nothing else.
//
// The server's own key versions are invisible here: "vault write -f
// transit/keys/K/rotate" is free at any time. To destroy a root key (package
// seal, Rotation and destruction), create a second transit key, make it current
// and the first former, rotate every institution, and delete the first in the
// server when the backup window has passed.
package transit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
)

// Config names a transit key.
type Config struct {
	Address   string // https://vault.example:8200; http only to this machine
	Mount     string // "" means "transit"
	Key       string
	Namespace string // Enterprise and OpenBao namespaces; "" means none

	// Token returns the token to use. It is asked at each request, so that an
	// agent may renew it.
	Token func(context.Context) (secret.Text, error)

	// Client is used for requests; nil means one with a time-out of 5 s. It must
	// not follow redirects to other hosts.
	Client *http.Client
}

// KEK is a seal.KEK in a transit engine. It is safe for concurrent use.
type KEK struct {
	c    Config
	base string
}

var validName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,128}$`)

// Open checks the configuration and returns the KEK; it sends nothing. Invalid:
// keys.transit_config with the name of the wrong setting.
func Open(c Config) (*KEK, error) {
	if c.Mount == "" {
		c.Mount = "transit"
	}
	u, err := url.Parse(c.Address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fault.New(fault.Invalid, "keys.transit_config", "address")
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		return nil, fault.New(fault.Invalid, "keys.transit_config", "address")
	case !validName.MatchString(strings.ReplaceAll(c.Mount, "/", "_")):
		return nil, fault.New(fault.Invalid, "keys.transit_config", "mount")
	case !validName.MatchString(c.Key):
		return nil, fault.New(fault.Invalid, "keys.transit_config", "key")
	case c.Token == nil:
		return nil, fault.New(fault.Invalid, "keys.transit_config", "token")
	}
	if c.Client == nil {
		c.Client = &http.Client{
			Timeout:       5 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	return &KEK{c, strings.TrimSuffix(u.String(), "/") + "/v1/" + strings.Trim(c.Mount, "/")}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// ID returns "transit:mount/key".
func (k *KEK) ID() string { return "transit:" + strings.Trim(k.c.Mount, "/") + "/" + k.c.Key }

// Check wraps and unwraps a value and makes sure that the server binds it to
// its associated data. Unavailable: keys.transit_unbound if it does not.
func (k *KEK) Check(ctx context.Context) error {
	wrapped, err := k.Wrap(ctx, []byte("wardfold check"), secret.NewKey(make([]byte, 16)))
	if err != nil {
		return err
	}
	if _, err := k.Unwrap(ctx, []byte("wardfold check"), wrapped); err != nil {
		return err
	}
	if _, err := k.Unwrap(ctx, []byte("wardfold other"), wrapped); fault.CodeOf(err) != "keys.transit_refused" {
		if err == nil {
			err = fault.New(fault.Unavailable, "keys.transit_unbound")
		}
		return err
	}
	return nil
}

// Wrap has the server encrypt key. The result is the server's ciphertext, such
// as "vault:v1:…".
func (k *KEK) Wrap(ctx context.Context, aad []byte, key secret.Key) ([]byte, error) {
	var out struct {
		Data struct {
			Ciphertext string `json:"ciphertext"`
		} `json:"data"`
	}
	err := k.call(ctx, "encrypt", map[string]any{"plaintext": key.Expose(), "associated_data": aad}, &out)
	if err == nil && out.Data.Ciphertext == "" {
		err = fault.New(fault.Unavailable, "keys.transit_answer")
	}
	return []byte(out.Data.Ciphertext), err
}

// Unwrap has the server decrypt what Wrap returned.
func (k *KEK) Unwrap(ctx context.Context, aad, wrapped []byte) (secret.Key, error) {
	var out struct {
		Data struct {
			Plaintext []byte `json:"plaintext"`
		} `json:"data"`
	}
	err := k.call(ctx, "decrypt", map[string]any{"ciphertext": string(wrapped), "associated_data": aad}, &out)
	if err == nil && len(out.Data.Plaintext) == 0 {
		err = fault.New(fault.Unavailable, "keys.transit_answer")
	}
	if err != nil {
		return secret.Key{}, err
	}
	return secret.NewKey(out.Data.Plaintext), nil
}

// attempts bounds how often one question is asked: a server that restarts or
// changes its leader answers the second or third time.
const attempts = 3

func (k *KEK) call(ctx context.Context, verb string, body map[string]any, out any) error {
	sent, err := json.Marshal(body)
	if err != nil {
		return err
	}
	defer clear(sent)
	for try := 1; ; try++ {
		err := k.send(ctx, verb, sent, out)
		again := fault.CodeOf(err) == "keys.transit_down" && try < attempts
		if !again {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(try) * 100 * time.Millisecond):
		}
	}
}

func (k *KEK) send(ctx context.Context, verb string, body []byte, out any) error {
	token, err := k.c.Token(ctx)
	if err != nil {
		return fault.New(fault.Unavailable, "keys.transit_token").Because(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, k.base+"/"+verb+"/"+k.c.Key, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Vault-Request", "true") // an agent may demand it
	req.Header.Set("X-Vault-Token", token.Expose())
	if k.c.Namespace != "" {
		req.Header.Set("X-Vault-Namespace", k.c.Namespace)
	}
	resp, err := k.c.Client.Do(req)
	if err != nil {
		return fault.New(fault.Unavailable, "keys.transit_down").Because(err)
	}
	defer resp.Body.Close() // read only: nothing to lose
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return fault.New(fault.Unavailable, "keys.transit_down").Because(err)
	}
	defer clear(answer)
	if err := status(resp.StatusCode); err != nil {
		return err
	}
	if json.Unmarshal(answer, out) != nil {
		return fault.New(fault.Unavailable, "keys.transit_answer").Because(errors.New("not the JSON of a transit engine"))
	}
	return nil
}

// status turns an HTTP status into a fault. The server's own words are dropped:
// they may quote the request.
func status(code int) error {
	switch {
	case code == http.StatusOK:
		return nil
	case code == http.StatusForbidden:
		return fault.New(fault.Unavailable, "keys.transit_denied")
	case code == http.StatusNotFound, code == http.StatusBadRequest:
		return fault.New(fault.Unavailable, "keys.transit_refused", code)
	case code == http.StatusServiceUnavailable:
		return fault.New(fault.Unavailable, "keys.transit_down", code) // sealed, or no leader
	case code >= 500, code == http.StatusTooManyRequests, code == 472, code == 473:
		return fault.New(fault.Unavailable, "keys.transit_down", code)
	}
	return fault.New(fault.Unavailable, "keys.transit_answer", code)
}
