package inventory

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gowebpki/jcs"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
)

// Kept is a report as it is kept: without the identifiers that findings point
// at, because it stays for ever and is shown to those who answer for the place.
type Kept struct {
	Format  string         `json:"format"`
	At      time.Time      `json:"at"`
	Fields  []KeptField    `json:"fields"`
	Volume  KeptVolume     `json:"volume"`
	Records int            `json:"records"`
	Found   map[string]int `json:"found"` // findings by code
}

// KeptField is one field that was stored, and who admits it.
type KeptField struct {
	Field   string   `json:"field"`
	Records int      `json:"records"`
	Schemas []string `json:"schemas"`
}

// KeptVolume is Volume.
type KeptVolume struct {
	Children int `json:"children"`
	Enrolled int `json:"enrolled"`
}

// Findings is how many there were.
func (k Kept) Findings() (n int) {
	for _, x := range k.Found {
		n += x
	}
	return n
}

// Keep takes the inventory of an institution, keeps the report, and writes its
// hash into the log: the nightly scan (S0-01). The walk is a View; only the
// report is written. It may be broken off at any time and changes nothing then.
func Keep(ctx context.Context, d *db.DB, c *catalogue.Catalogue, inst id.Institution) (Kept, error) {
	var r Report
	err := d.View(ctx, inst, func(tx *db.Tx) (err error) {
		r, err = Take(tx, c, inst)
		return err
	})
	if err != nil {
		return Kept{}, err
	}
	k := Kept{Format: "wardfold/inventory/1", Volume: KeptVolume(r.Volume), Records: r.Records, Found: map[string]int{}, Fields: []KeptField{}}
	for _, h := range r.Fields {
		k.Fields = append(k.Fields, KeptField{h.Field, h.Records, append([]string{}, h.Schemas...)})
	}
	for _, f := range r.Findings {
		k.Found[f.Code]++
	}
	err = d.Update(ctx, inst, func(tx *db.Tx) error {
		k.At = tx.Now().UTC().Truncate(time.Millisecond)
		body, err := k.encode()
		if err != nil {
			return err
		}
		ledger.Append(tx, ledger.Event{Type: ledger.InventoryTaken, Role: actor.System, Allow: true,
			Hash: sha256.Sum256(body), Count: k.Findings()})
		_, err = tx.Exec(`INSERT INTO inventory_report (institution_id, at, body) VALUES ($1, $2, $3)`,
			inst, k.At.UnixMilli(), string(body))
		return wrap("keep inventory", err)
	})
	return k, err
}

// encode returns the canonical form, whose SHA-256 is in the log (RFC 8785).
func (k Kept) encode() ([]byte, error) {
	b, err := json.Marshal(k)
	if err != nil {
		return nil, err
	}
	return jcs.Transform(b)
}

// Latest returns the newest report. NotFound, inventory.none.
func Latest(tx *db.Tx, inst id.Institution) (Kept, error) {
	var body string
	err := tx.QueryRow(`SELECT body FROM inventory_report WHERE institution_id = $1 ORDER BY at DESC LIMIT 1`, inst).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return Kept{}, fault.New(fault.NotFound, "inventory.none")
	}
	var k Kept
	if err == nil {
		err = json.Unmarshal([]byte(body), &k)
	}
	return k, wrap("read inventory", err)
}

// On returns the report made at a moment, as canonical JSON. NotFound,
// inventory.none.
func On(tx *db.Tx, inst id.Institution, at time.Time) ([]byte, error) {
	var body string
	err := tx.QueryRow(`SELECT body FROM inventory_report WHERE institution_id = $1 AND at = $2`, inst, at.UnixMilli()).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "inventory.none")
	}
	if err != nil {
		return nil, fmt.Errorf("read inventory: %w", err)
	}
	return []byte(body), nil
}

// Hours of the night in which the scan is due: when few people work, and late
// enough that the clocks of a change to summer time do not matter.
const (
	nightFrom, nightTo = 1, 5
	every              = 20 * time.Hour
	overdue            = 30 * time.Hour
)

// Due reports whether the scan should be made now: at night when the newest is
// of another night, or, where nothing runs at night, once the newest is more
// than thirty hours old. zone is that of the place, up is how long the program
// has been running: it does not begin a day with the heaviest work.
func Due(newest, now time.Time, zone *time.Location, up time.Duration) bool {
	age := now.Sub(newest)
	if h := now.In(zone).Hour(); h >= nightFrom && h < nightTo {
		return age > every
	}
	return age > overdue && up > 10*time.Minute
}
