// Package house puts the rooms together. It and the binary are the only ones
// that know everybody; tests open the same house as the binary does.
package house

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/account/passkey"
	"github.com/wardfold/wardfold/internal/account/password"
	"github.com/wardfold/wardfold/internal/account/signon"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/attest"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/compartment"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/evidence"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/family"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/intake"
	"github.com/wardfold/wardfold/internal/leak"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/notify"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/publish"
	"github.com/wardfold/wardfold/internal/release"
	"github.com/wardfold/wardfold/internal/research"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/survey"
)

// Config says what the house stands on. DSN, KEK, Passwords, Signer and Gateway
// are needed.
type Config struct {
	DSN        string
	KEK        seal.KEK
	Former     []seal.KEK
	Passwords  *password.Hasher
	Passkeys   *passkey.Party
	SignOn     []*signon.Provider
	Limits     account.Limits
	Signer     func(id.Institution) (ledger.Signer, error)
	Guard      ledger.Guard
	Mirror     ledger.Mirror // nil is none
	Witnesses  []ledger.Witness
	Gateway    notify.Gateway
	Line       desk.Line                                       // nil: no calls to families
	Remind     func(context.Context, application.Digest) error // reaches deciders at work; nil: they see what waits when they sign in
	Tombstones family.Tombstones
	Logger     *slog.Logger     // nil is silence
	Now        func() time.Time // nil is time.Now
	Rand       io.Reader        // nil is crypto/rand
	Readers    int              // database connections for reading; 0 is the default
	Outside    *attest.Outside  // what only the binary knows, for the daily statement; nil makes none
	VFS        string           // SQLite's file layer; "" is the system's. For fault tests

	Scans      []survey.Root // folders that officers may have scanned
	ScanFolder string        // where what was found is kept; "" offers no scans
	ScanCache  string
}

// House is every room, ready. Its fields are safe for concurrent use.
type House struct {
	DB        *db.DB
	Vault     *seal.Vault
	Policy    *policy.Engine
	Log       *ledger.Log
	Gate      *gate.Gate
	Outbox    *notify.Outbox
	Accounts  *account.Register
	Catalogue *catalogue.Catalogue
	Grants    *grant.Register
	Facts     *facts.Gatherer
	Enrol     *enrol.Service
	Family    *family.Service
	Desk      *desk.Service
	Attest    *attest.Office
	Intake    *intake.Service

	Compartment  *compartment.Service
	Applications *application.Service
	Releases     *release.Service

	Evidence *evidence.Service
	Leaks    *leak.Service
	Surveys  *survey.Service
	Notices  *publish.Service
	Research *research.Service
	Outside  *attest.Outside // nil: Sweep makes no daily statement
	Remind   func(context.Context, application.Digest) error

	uncleared, clearing atomic.Bool   // clear.go
	closed              chan struct{} // is closed with the house
	once                sync.Once
}

// Open opens the database, checks it, and puts the rooms together. It migrates
// nothing and starts nothing. Errors are those of db.Open.
func Open(ctx context.Context, c Config) (*House, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	d, err := db.Open(ctx, db.Config{DSN: c.DSN, Now: c.Now, Flush: ledger.Flush, Readers: c.Readers, VFS: c.VFS})
	if err != nil {
		return nil, err
	}
	h := &House{DB: d, Outside: c.Outside, Remind: c.Remind, closed: make(chan struct{})}
	h.uncleared.Store(true)
	if err := h.furnish(c); err != nil {
		_ = d.Close() // the failure to furnish is the news
		return nil, err
	}
	return h, nil
}

func (h *House) furnish(c Config) (err error) {
	if h.Vault, err = seal.New(seal.Config{KEK: c.KEK, Former: c.Former, Rand: c.Rand}); err != nil {
		return err
	}
	if h.Policy, err = policy.New(); err != nil {
		return err
	}
	h.Log = &ledger.Log{DB: h.DB, Signer: c.Signer, Guard: c.Guard, Mirror: c.Mirror, Witnesses: c.Witnesses, Logger: c.Logger}
	h.Gate = &gate.Gate{DB: h.DB, Vault: h.Vault, Policy: h.Policy, Now: c.Now, Known: h.inVocabulary}
	h.Gate.Unwitnessed = h.Log.Halted
	h.Outbox = &notify.Outbox{DB: h.DB, Vault: h.Vault, Gateway: c.Gateway}
	h.Catalogue = &catalogue.Catalogue{}
	h.Gate.InCharge = h.Catalogue.Charge
	h.Attest = &attest.Office{DB: h.DB, Vault: h.Vault}
	h.Family = &family.Service{Gate: h.Gate, Catalogue: h.Catalogue, Log: h.Log, Tombstones: c.Tombstones, Rand: c.Rand}
	h.Accounts = account.New(account.Config{DB: h.DB, Vault: h.Vault, Passwords: c.Passwords, Families: h.Family,
		Codes: h.Outbox, Passkeys: c.Passkeys, SignOn: c.SignOn, Limits: c.Limits, Now: c.Now, Rand: c.Rand})
	h.Grants = &grant.Register{Gate: h.Gate, Pledged: h.pledged, MadeBy: h.madeBy}
	h.Accounts.Leaving = h.leaving
	h.Facts = &facts.Gatherer{Catalogue: h.Catalogue, Grants: h.Grants, Accounts: h.Accounts}
	h.Family.Facts, h.Family.Accounts = h.Facts, h.Accounts
	h.Enrol = &enrol.Service{Gate: h.Gate, Catalogue: h.Catalogue, Facts: h.Facts, Accounts: h.Accounts, Now: c.Now, Rand: c.Rand, Erase: h.Family.EraseIn}
	h.Desk = &desk.Service{Gate: h.Gate, Facts: h.Facts, Catalogue: h.Catalogue, Post: h.Outbox, Line: c.Line}
	h.Family.MovePhone = h.Desk.MovePhone
	h.Family.Clear, h.Enrol.Clear = h.clear, h.clear
	h.Family.Tell, h.Enrol.Tell = h.tell, h.tell
	h.Evidence = &evidence.Service{Gate: h.Gate, Facts: h.Facts, Catalogue: h.Catalogue, Log: h.Log, Sign: h.Log.Step,
		Shelves: []evidence.Shelf{inventories, leak.Papers}}
	h.Surveys = &survey.Service{Gate: h.Gate, Facts: h.Facts, Roots: c.Scans, Folder: c.ScanFolder, Cache: c.ScanCache}
	h.Notices = &publish.Service{Gate: h.Gate, Facts: h.Facts, Rand: c.Rand, Cache: c.ScanCache}
	h.Research = &research.Service{Gate: h.Gate, Facts: h.Facts, Signer: c.Signer, Rand: c.Rand, Cache: c.ScanCache}
	h.Leaks = &leak.Service{Gate: h.Gate, Facts: h.Facts, Evidence: h.Evidence, Rand: c.Rand}
	h.Intake = &intake.Service{Gate: h.Gate, Catalogue: h.Catalogue, Facts: h.Facts, Rand: c.Rand}
	h.Compartment = &compartment.Service{Gate: h.Gate, Facts: h.Facts}
	h.Applications = &application.Service{Gate: h.Gate, Facts: h.Facts, Catalogue: h.Catalogue, Accounts: h.Accounts, Grants: h.Grants,
		Post: h.Outbox}
	h.Releases = &release.Service{Gate: h.Gate, Facts: h.Facts, Grants: h.Grants, Line: c.Line}
	return nil
}

// inVocabulary tells the gate which codes an entry may name. A banned purpose is
// one of them: that somebody asked for it must be on record.
func (h *House) inVocabulary(tx *db.Tx, inst id.Institution, purpose, field string) (bool, error) {
	if field != "" {
		_, err := catalogue.FieldByCode(field)
		return err == nil, nil
	}
	_, err := h.Catalogue.Purpose(tx, inst, purpose)
	switch fault.KindOf(err) {
	case fault.Denied:
		return true, nil
	case fault.NotFound:
		return purpose == "", nil
	}
	return err == nil, err
}

func (h *House) pledged(tx *db.Tx, inst id.Institution, staff id.Staff) (bool, error) {
	st, err := h.Accounts.Standing(tx, inst, staff)
	return st.Pledged, err
}

func (h *House) madeBy(tx *db.Tx, inst id.Institution, staff id.Staff) (id.Staff, error) {
	return h.Accounts.MadeBy(tx, inst, staff)
}

// Institutions lists who lives here.
func (h *House) Institutions(ctx context.Context) (ids []id.Institution, err error) {
	err = h.DB.View(ctx, id.Institution{}, func(tx *db.Tx) error {
		all, err := institution.All(tx)
		for _, i := range all {
			ids = append(ids, i.ID)
		}
		return err
	})
	return ids, err
}

// Warm unwraps the keys of every institution, so that no request waits for it.
func (h *House) Warm(ctx context.Context) error {
	ids, err := h.Institutions(ctx)
	if err != nil {
		return err
	}
	for _, inst := range ids {
		if err := h.Vault.Load(ctx, h.DB, inst); err != nil {
			return err
		}
	}
	return nil
}

// Close closes the database after what is queued is done.
func (h *House) Close() error {
	h.once.Do(func() { close(h.closed) })
	h.Intake.Close()
	h.Surveys.Close()
	return h.DB.Close()
}
