package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/wardfold/wardfold/internal/durable"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/verify"
)

// config is wardfold.json. It holds no secret, only the files where they are. A
// key that is not here is an error that names it.
type config struct {
	Listen    string          `json:"listen"`              // "127.0.0.1:8080"
	Origin    string          `json:"origin"`              // as browsers see it: "https://ward.example.cn"
	DSN       string          `json:"dsn,omitempty"`       // "" is wardfold.db in the folder
	DSNFile   string          `json:"dsn_file,omitempty"`  // a file with a DSN that holds a password
	Suite     string          `json:"suite"`               // of password hashes and new institutions: intl, gm
	Readers   int             `json:"readers,omitempty"`   // database connections for reading
	Guard     string          `json:"guard"`               // folder of the newest heads; another disk if there is one
	Mirror    string          `json:"mirror,omitempty"`    // folder of the copies of the logs; another disk if there is one
	TLS       *tlsFiles       `json:"tls,omitempty"`       // none: behind a proxy, or on loopback
	Metrics   string          `json:"metrics,omitempty"`   // address of /metrics; "" is none
	Keys      keySource       `json:"keys"`                // where the root key is
	Gateway   *gateway        `json:"gateway,omitempty"`   // carries messages to phones
	Relay     *relayConfig    `json:"relay,omitempty"`     // connects calls to families
	Reminders *gateway        `json:"reminders,omitempty"` // tells deciders what waits for them
	SignOn    []provider      `json:"sign_on,omitempty"`   // OpenID Connect
	Witnesses []witnessConfig `json:"witnesses,omitempty"` // cosign the log
	Scan      []scanRoot      `json:"scan,omitempty"`      // folders that officers may have scanned
}

// scanRoot is a folder that officers may have scanned for personal information.
type scanRoot struct {
	Name        string `json:"name"`                  // as people call it
	Path        string `json:"path"`                  // absolute
	Institution string `json:"institution,omitempty"` // whose it is; "" is everybody's here
}

type tlsFiles struct {
	Certificate string `json:"certificate"`
	Key         string `json:"key"`
}

// keySource says where the root key is: a file under a passphrase, a hardware
// module, a key service.
type keySource struct {
	Source         string `json:"source"` // file, pkcs11, transit
	File           string `json:"file,omitempty"`
	PassphraseFile string `json:"passphrase_file,omitempty"`

	Module  string `json:"module,omitempty"`
	Token   string `json:"token,omitempty"`
	PINFile string `json:"pin_file,omitempty"`

	Address   string `json:"address,omitempty"`
	Mount     string `json:"mount,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	TokenFile string `json:"token_file,omitempty"`

	Key    string   `json:"key,omitempty"`    // label or name of the current key
	Former []string `json:"former,omitempty"` // of those that only unwrap
}

type gateway struct {
	URL        string `json:"url"`
	SecretFile string `json:"secret_file"`
}

type relayConfig struct {
	URL        string `json:"url"`
	SecretFile string `json:"secret_file"`
	Key        string `json:"key"` // public, of the relay
}

type provider struct {
	Name       string `json:"name"`
	Issuer     string `json:"issuer"`
	Client     string `json:"client"`
	SecretFile string `json:"secret_file"`
}

type witnessConfig struct {
	URL string `json:"url"`
	Key string `json:"key"`
}

// loadConfig reads and checks the configuration of a folder.
func loadConfig(d folder) (config, error) {
	if err := d.exists(); err != nil {
		return config{}, err
	}
	path := d.in(configName)
	data, err := os.ReadFile(path)
	if err != nil {
		return config{}, err
	}
	c, err := parseConfig(data)
	if f, ok := errors.AsType[*failure](err); ok {
		f.args = append([]any{path}, f.args...)
	}
	return c, err
}

var unknownKey = regexp.MustCompile(`unknown field "(.*)"`)

func parseConfig(data []byte) (config, error) {
	var c config
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		if m := unknownKey.FindStringSubmatch(err.Error()); m != nil {
			return config{}, refuse(exitUsage, "cli.config.unknown", m[1])
		}
		if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return config{}, refuse(exitUsage, "cli.config.value", e.Field)
		}
		at := d.InputOffset()
		if e, ok := errors.AsType[*json.SyntaxError](err); ok {
			at = e.Offset
		}
		line := 1 + bytes.Count(data[:min(int(at), len(data))], []byte("\n"))
		return config{}, refuse(exitUsage, "cli.config.syntax", line).because(err)
	}
	if key := c.wrong(); key != "" {
		return config{}, refuse(exitUsage, "cli.config.value", key)
	}
	return c, nil
}

// wrong is the first key whose value cannot be; "" if there is none.
func (c config) wrong() string {
	for _, rule := range c.rules() {
		if !rule.ok {
			return rule.key
		}
	}
	return ""
}

type configRule struct {
	key string
	ok  bool
}

// rules says what every configuration must be.
func (c config) rules() []configRule {
	origin, err := url.Parse(c.Origin)
	// Passkeys belong to a name, never to an IP address. Source: Web Authentication,
	// "RP ID" (a valid domain string).
	plain := err == nil && origin.Path == "" && origin.Host != "" && net.ParseIP(origin.Hostname()) == nil &&
		(origin.Scheme == "https" || origin.Scheme == "http" && isLoopback(origin.Hostname()))
	_, suite := seal.ParseSuite(c.Suite)
	rules := []configRule{
		{"listen", isAddress(c.Listen)}, {"origin", plain}, {"suite", suite == nil}, {"guard", c.Guard != ""},
		{"metrics", c.Metrics == "" || isAddress(c.Metrics)}, {"readers", c.Readers >= 0 && c.Readers <= 256},
		{"dsn", c.DSN == "" || c.DSNFile == "" && (strings.HasPrefix(c.DSN, "sqlite:") || strings.HasPrefix(c.DSN, "postgres"))},
		{"tls", c.TLS == nil || c.TLS.Certificate != "" && c.TLS.Key != ""},
		{"gateway", c.Gateway == nil || c.Gateway.URL != "" && c.Gateway.SecretFile != ""},
		{"reminders", c.Reminders == nil || c.Reminders.URL != "" && c.Reminders.SecretFile != ""},
		{"relay", c.Relay == nil || c.Relay.URL != "" && c.Relay.SecretFile != "" && c.Relay.Key != ""},
		{"keys.source", c.Keys.Source == "file" || c.Keys.Source == "pkcs11" || c.Keys.Source == "transit"},
	}
	for _, w := range c.Witnesses {
		k, err := verify.ParseKey(w.Key)
		rules = append(rules, configRule{"witnesses", w.URL != "" && err == nil && k.Witness()})
	}
	for _, r := range c.Scan {
		_, err := r.root()
		rules = append(rules, configRule{"scan", err == nil && r.Name != "" && filepath.IsAbs(r.Path)})
	}
	for _, p := range c.SignOn {
		rules = append(rules, configRule{"sign_on", p.Name != "" && p.Issuer != "" && p.Client != ""})
	}
	return rules
}

func isAddress(s string) bool {
	_, port, err := net.SplitHostPort(s)
	return err == nil && port != ""
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func splitAddress(s string) (host, port string, err error) { return net.SplitHostPort(s) }

func port(l net.Listener) string {
	_, p, _ := splitAddress(l.Addr().String()) // a listener's own address has one
	return p
}

func (c config) host() string {
	u, err := url.Parse(c.Origin)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// dsn is the database to open.
func (c config) dsn(d folder) (string, error) {
	switch {
	case c.DSNFile != "":
		return readLine(d.in(c.DSNFile))
	case c.DSN == "":
		return "sqlite:" + d.in(databaseName), nil
	case strings.HasPrefix(c.DSN, "sqlite:"):
		return "sqlite:" + d.in(strings.TrimPrefix(c.DSN, "sqlite:")), nil
	}
	return c.DSN, nil
}

// databaseFile is the path of the SQLite file, or "" on PostgreSQL.
func (c config) databaseFile(d folder) string {
	dsn, err := c.dsn(d)
	path, ok := strings.CutPrefix(dsn, "sqlite:")
	if err != nil || !ok {
		return ""
	}
	return path
}

func (c config) save(d folder) error {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	return durable.Write(d.in(configName), append(data, '\n'))
}

// readLine reads the first line of a small file that holds a secret. Others must
// not be able to read it.
func readLine(path string) (string, error) {
	s, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", refuse(exitUsage, "cli.no_file", path).because(err)
	}
	if err != nil {
		return "", err
	}
	if s.Mode().IsRegular() && s.Mode().Perm()&0o077 != 0 && !inCredentials(path) {
		return "", refuse(exitUsage, "cli.secret_open", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(data), "\n")
	return strings.TrimSuffix(line, "\r"), nil
}

// inCredentials reports whether a file was handed over by systemd, which keeps
// its folder closed.
func inCredentials(path string) bool {
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	return dir != "" && strings.HasPrefix(path, dir+"/")
}
