package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"regexp"
	"strings"

	"github.com/wardfold/wardfold/internal/account/passkey"
	"github.com/wardfold/wardfold/internal/account/password"
	"github.com/wardfold/wardfold/internal/account/signon"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/ledger/guard"
	"github.com/wardfold/wardfold/internal/ledger/mirror"
	"github.com/wardfold/wardfold/internal/notify"
	"github.com/wardfold/wardfold/internal/relay"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/verify"
)

// installation is a folder brought to life: the only value that knows everyone.
type installation struct {
	*house.House
	folder folder
	config config
	ring   *ring
	key    *logKey
	guard  *guard.Dir
	stones *tombstones
	lock   *lock
	log    *slog.Logger

	visitors []visitor // of the demonstration
}

// how says what a verb needs an installation for.
type how struct {
	config  *config        // nil is read from the folder
	ring    *ring          // nil is opened
	alone   bool           // no other process may have it meanwhile
	changes bool           // bring the schema up to date
	serves  bool           // reach what the configuration names outside; who does not serve needs none of its secrets
	gateway notify.Gateway // nil is none, or what the configuration names
	line    desk.Line      // likewise
	cost    password.Cost  // zero is the default
}

// open brings the installation of a command to life. Close it.
func (t *console) open(ctx context.Context, c *command, h how) (*installation, error) {
	in := &installation{folder: folder(c.Data), ring: h.ring, log: slog.New(slog.NewJSONHandler(t.err, nil))}
	if err := in.open(ctx, t, c, h); err != nil {
		in.Close()
		return nil, err
	}
	return in, nil
}

func (in *installation) open(ctx context.Context, t *console, c *command, h how) (err error) {
	if h.config != nil {
		in.config = *h.config
	} else if in.config, err = loadConfig(in.folder); err != nil {
		return err
	}
	if h.alone {
		if in.lock, err = in.folder.acquire(); err != nil {
			return err
		}
	}
	if in.ring == nil {
		if in.ring, err = t.openRing(in.folder, c, in.config.Keys); err != nil {
			return err
		}
	}
	if in.key, err = loadLogKey(ctx, in.folder, in.ring); err != nil {
		return err
	}
	if in.guard, err = guard.Open(in.folder.in(in.config.Guard)); err != nil {
		return err
	}
	if h.alone {
		if in.stones, err = openTombstones(in.folder.in(in.config.Guard)); err != nil {
			return err
		}
	}
	return in.furnish(ctx, h)
}

// furnish opens the house that the configuration describes.
func (in *installation) furnish(ctx context.Context, h how) error {
	dsn, err := in.config.dsn(in.folder)
	if err != nil {
		return err
	}
	if path, lite := strings.CutPrefix(dsn, "sqlite:"); lite && h.config == nil && !exists(path) {
		return refuse(exitData, "cli.no_database", path)
	}
	c := house.Config{DSN: dsn, KEK: in.ring.current, Former: in.ring.former, Signer: in.key.signer, Guard: in.guard,
		Logger: in.log, Readers: in.config.Readers, Passwords: in.hasher(h.cost), Gateway: h.gateway, Line: h.line,
		Outside: in.config.outside()}
	if in.stones != nil {
		c.Tombstones = in.stones
		if c.Scans, err = in.config.scans(); err != nil {
			return err
		}
		c.ScanFolder, c.ScanCache = in.folder.in("scans"), scanCache()
	}
	if in.config.Mirror != "" && (h.alone || !in.folder.running()) {
		m, err := mirror.Open(in.folder.in(in.config.Mirror))
		if err != nil {
			return err
		}
		c.Mirror = m
	}
	if c.Gateway == nil {
		c.Gateway = silence{}
	}
	if h.serves {
		if err := in.reach(&c); err != nil {
			return err
		}
	}
	if c.Passkeys, err = passkey.NewParty(in.config.host(), "Wardfold", in.config.Origin); err != nil {
		return refuse(exitUsage, "cli.config.value", in.folder.in(configName), "origin").because(err)
	}
	for _, w := range in.config.Witnesses {
		key, err := verify.ParseKey(w.Key)
		if err != nil {
			return err
		}
		c.Witnesses = append(c.Witnesses, ledger.Witness{URL: w.URL, Key: key})
	}
	if in.House, err = house.Open(ctx, c); err != nil {
		return dsnTrouble(err)
	}
	if h.config == nil {
		if err := in.inhabited(ctx); err != nil {
			return err
		}
	}
	if h.changes {
		return dsnTrouble(in.DB.Migrate(ctx))
	}
	return nil
}

// noTable is what a database answers that never held an installation.
var noTable = regexp.MustCompile(`no such table|postgres 42P01\b`)

// inhabited refuses a database that was emptied, or is another one, before a schema
// is made in it.
func (in *installation) inhabited(ctx context.Context) error {
	ids, err := in.Institutions(ctx)
	if err == nil && len(ids) > 0 || err != nil && !noTable.MatchString(err.Error()) {
		return err
	}
	return refuse(exitData, "cli.no_institution", string(in.folder)).because(err)
}

// reach fills in what the configuration names outside: the gateway, the relay, the
// office's system, the sign-on.
func (in *installation) reach(c *house.Config) (err error) {
	if g := in.config.Gateway; g != nil {
		if c.Gateway, err = in.webhook(*g); err != nil {
			return err
		}
	}
	if c.Line, err = in.relay(); err != nil {
		return err
	}
	if r := in.config.Reminders; r != nil {
		hook, err := in.webhook(*r)
		if err != nil {
			return err
		}
		c.Remind = hook.Remind
	}
	c.SignOn, err = in.providers()
	return err
}

func (in *installation) hasher(cost password.Cost) *password.Hasher {
	if cost == (password.Cost{}) {
		cost = password.DefaultCost
	}
	return password.NewHasher(password.Suite(in.config.Suite), cost)
}

// webhook is one that the configuration names.
func (in *installation) webhook(g gateway) (*notify.Webhook, error) {
	key, err := in.signing(g.SecretFile)
	if err != nil {
		return nil, err
	}
	return notify.NewWebhook(g.URL, key, nil)
}

// signing reads the secret under which a webhook's deliveries are signed.
func (in *installation) signing(file string) (secret.Key, error) {
	line, err := fromFile(in.folder.in(file))
	if err != nil {
		return secret.Key{}, err
	}
	return notify.ParseSecret(line)
}

// relay is what connects calls to families; nil where there is none.
func (in *installation) relay() (desk.Line, error) {
	r := in.config.Relay
	if r == nil {
		return nil, nil
	}
	key, err := in.signing(r.SecretFile)
	if err != nil {
		return nil, err
	}
	return relay.NewWebhook(r.URL, key, r.Key, nil)
}

// silence is the gateway of an installation that has none. Nobody can sign in by
// phone then; serve and doctor say so.
type silence struct{}

func (silence) Deliver(context.Context, notify.Message) error {
	return fault.New(fault.Unavailable, "notify.none")
}

func (in *installation) providers() (list []*signon.Provider, err error) {
	for _, p := range in.config.SignOn {
		var s secret.Text
		if p.SecretFile != "" {
			if s, err = fromFile(in.folder.in(p.SecretFile)); err != nil {
				return nil, err
			}
		}
		list = append(list, signon.New(signon.Config{Name: p.Name, Issuer: p.Issuer, Client: p.Client, Secret: s,
			Redirect: in.config.Origin + web.PathSignOn}))
	}
	return list, nil
}

// Close ends what open began, in the opposite order.
func (in *installation) Close() {
	var all []error
	if in.House != nil {
		all = append(all, in.House.Close())
	}
	if in.stones != nil {
		all = append(all, in.stones.Close())
	}
	if in.ring != nil {
		in.ring.Close()
	}
	if in.lock != nil {
		all = append(all, in.lock.release())
	}
	if err := errors.Join(all...); err != nil && !errors.Is(err, os.ErrClosed) {
		in.log.Error("close", "error", err)
	}
}
