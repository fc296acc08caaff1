package release

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
)

// Provision is a record that another body got something.
type Provision struct {
	Export    id.Export
	Recipient string
	Agreement string
	Document  [32]byte // SHA-256 of the signed agreement
	Purpose   string
	Fields    []string
	People    int
	At        time.Time
	KeepUntil time.Time

	Handed  time.Time // when the recipient had it; zero before that is recorded
	Way     Way
	Receipt [32]byte // SHA-256 of the recipient's receipt
}

// Way is how a file reaches another body.
type Way string

// The ways.
const (
	InPerson Way = "in_person"
	Courier  Way = "courier" // sealed, on a medium that is encrypted
	Sent     Way = "sent"    // encrypted, over a line agreed upon
)

// Ways lists them.
var Ways = []Way{InPerson, Courier, Sent}

// HandOver records that the body for which a file was collected has it, how, and
// the SHA-256 of its signed receipt. It is done once, by who collected the file
// (S3-49; PIPL art. 23). Errors: fault.Invalid release.way, release.receipt;
// fault.NotFound release.unknown for anybody else's; fault.Conflict
// release.not_provided when it was not collected or is for no other body,
// release.handed; what the gate refuses.
func (s *Service) HandOver(ctx context.Context, a actor.Actor, which id.Export, w Way, receipt [32]byte) (p Provision, err error) {
	switch {
	case !slices.Contains(Ways, w):
		return p, fault.At("way", "release.way")
	case receipt == [32]byte{}:
		return p, fault.At("receipt", "release.receipt")
	}
	var e Export
	_, err = s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.ExportHand}, func(tx *db.Tx, c *gate.Case) error {
		if e, err = Load(tx, a.Institution, which); err != nil {
			return err
		}
		if a.Staff.IsZero() || a.Staff != e.Collector {
			return fault.New(fault.NotFound, "release.unknown")
		}
		if p, err = provision(tx, a.Institution, which); err != nil {
			return err
		}
		c.Purpose, c.Fields, c.Store = e.Purpose, e.Fields, e.Store
		s.Facts.Place(c)
		c.Facts.OwnStore = c.Facts.OwnStore || e.Store.IsZero()
		return s.Facts.Who(tx, c)
	}, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		c.Ref, c.Count, c.Hash = e.ID.String(), e.People, receipt
		p.Handed, p.Way, p.Receipt = tx.Now(), w, receipt
		n, err := tx.Exec(`UPDATE provision SET handed_at = $1, way = $2, receipt = $3
			WHERE institution_id = $4 AND export_id = $5 AND handed_at = 0`, p.Handed.UnixMilli(), string(w), receipt[:], a.Institution, which)
		if err == nil && n == 0 {
			return fault.New(fault.Conflict, "release.handed")
		}
		return wrap("hand over", err)
	})
	return p, err
}

// Provisions lists what other bodies got, the newest first: to an officer, owner
// or auditor all, to anybody else what they collected themselves.
func (s *Service) Provisions(ctx context.Context, a actor.Actor) (all []Provision, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		if all, err = Provisions(tx, a.Institution, 1000); err != nil || answerable(a.Role) {
			return err
		}
		mine, err := of(tx, a.Institution, a.Staff, 1000)
		all = slices.DeleteFunc(all, func(p Provision) bool {
			return !slices.ContainsFunc(mine, func(e Export) bool { return e.ID == p.Export })
		})
		return err
	})
	return all, err
}

// provide records what goes to another body.
func (s *Service) provide(tx *db.Tx, e Export) error {
	x, err := application.Load(tx, e.Institution, e.Application)
	if err != nil || x.Party == nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO provision (institution_id, export_id, recipient, agreement, document, purpose, fields, people, at, keep_until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		e.Institution, e.ID, x.Party.Name, x.Party.Agreement, x.Party.Document[:], e.Purpose, strings.Join(e.Fields, " "), e.People,
		tx.Now().UnixMilli(), tx.Now().AddDate(KeepProvisions, 0, 0).UnixMilli())
	return wrap("record a provision", err)
}

const provisionColumns = `export_id, recipient, agreement, document, purpose, fields, people, at, keep_until, handed_at, way, receipt`

func provision(tx *db.Tx, inst id.Institution, of id.Export) (p Provision, err error) {
	err = p.scan(tx.QueryRow(`SELECT `+provisionColumns+` FROM provision WHERE institution_id = $1 AND export_id = $2`, inst, of).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return p, fault.New(fault.Conflict, "release.not_provided")
	}
	return p, wrap("read a provision", err)
}

// Provisions lists what other bodies got, as far as it must still be kept.
func Provisions(tx *db.Tx, inst id.Institution, limit int) ([]Provision, error) {
	all, err := db.List(tx, (*Provision).scan, `SELECT `+provisionColumns+` FROM provision
		WHERE institution_id = $1 ORDER BY export_id DESC LIMIT $2`, inst, limit)
	return all, wrap("list provisions", err)
}

func (p *Provision) scan(scan db.Scan) error {
	var fields string
	err := scan(&p.Export, &p.Recipient, &p.Agreement, &p.Document, &p.Purpose, &fields, &p.People, &p.At, &p.KeepUntil,
		&p.Handed, &p.Way, &p.Receipt)
	p.Fields = strings.Fields(fields)
	return err
}
