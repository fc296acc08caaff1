package main

import (
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/inventory"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/verify/logtest"
)

// S0-01: the sweep of the server makes the nightly scan, once a night; its result
// is in the log by its hash, and in the day's statement.
func TestTheServerScansByNight(t *testing.T) {
	night := time.Date(2026, 11, 22, 2, 30, 0, 0, civil.Zone)
	for name, c := range map[string]struct {
		newest, now time.Time
		up          time.Duration
		want        bool
	}{
		"the first night":               {time.Time{}, night, time.Minute, true},
		"the same night":                {night.Add(-time.Hour), night, time.Hour, false},
		"the next night":                {night.AddDate(0, 0, -1), night, time.Hour, true},
		"by day":                        {night.AddDate(0, 0, -1), night.Add(8 * time.Hour), time.Hour, true},
		"by day after this night":       {night, night.Add(8 * time.Hour), time.Hour, false},
		"by day, right after the start": {time.Time{}, night.Add(8 * time.Hour), time.Minute, false},
	} {
		if got := inventory.Due(c.newest, c.now, civil.Zone, c.up); got != c.want {
			t.Errorf("%s: due %t", name, got)
		}
	}
	in := opened(t, city(t))
	f, err := in.faces(nil)
	if err != nil {
		t.Fatal(err)
	}
	started := clock{time.Now().Add(-time.Hour)}
	s := &sweeper{in: in, faces: f, clock: started}
	s.all(t.Context())
	s.all(t.Context()) // no second one in the same night
	ids, err := in.Institutions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, inst := range ids {
		err := in.DB.View(t.Context(), inst, func(tx *db.Tx) error {
			k, err := inventory.Latest(tx, inst)
			if err != nil {
				return err
			}
			if len(k.Fields) > 4 || k.Found["outside"] > 0 {
				t.Errorf("found %+v", k)
			}
			page, err := ledger.List(tx, ledger.Filter{Type: ledger.InventoryTaken})
			if len(page.Entries) != 1 {
				t.Errorf("%d scans are in the log", len(page.Entries))
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// The sweep forgets what was remembered of answers a day ago.
func TestTheServerForgetsAnswersOfYesterday(t *testing.T) {
	in := opened(t, city(t))
	f, err := in.faces(nil)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := in.Institutions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	count := func() (n int) {
		err := in.DB.View(t.Context(), ids[0], func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT COUNT(*) FROM idempotency WHERE institution_id = $1`, ids[0]).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	err = in.DB.Update(t.Context(), ids[0], func(tx *db.Tx) error {
		for i := range 4003 {
			key := make([]byte, 32)
			key[0], key[1] = byte(i), byte(i>>8)
			at := tx.Now().Add(-25 * time.Hour)
			if i < 3 {
				at = tx.Now().Add(-23 * time.Hour)
			}
			if _, err := tx.Exec(`INSERT INTO idempotency (institution_id, key_hash, request_hash, body, created_at) VALUES ($1, $2, $3, $4, $5)`,
				ids[0], key, key, "{}", at.UnixMilli()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	before := count()
	(&sweeper{in: in, faces: f, clock: newClock()}).all(t.Context())
	if after := count(); before-after != 4000 {
		t.Errorf("%d answers were forgotten", before-after)
	}
}

// R6: the doctor and the metrics tell when no witness answers; the metrics name
// nobody.
func TestASilentWitnessIsToldToOperators(t *testing.T) {
	data := city(t)
	key := logtest.Witness("bureau.example").String()
	edit(t, data, `"suite"`, `"witnesses": [{"url": "http://127.0.0.1:1", "key": "`+key+`"}], "metrics": "`+freeAddress(t)+`", "suite"`)
	in := opened(t, data)
	metrics := in.config.Metrics
	unseenFor(t, in, 25*time.Hour)
	in.Close()
	status, out, _ := wardfold(t, "zh_CN.UTF-8", "doctor", "--data", data)
	if status != exitWrong || !strings.Contains(out, "没有见证") {
		t.Errorf("the doctor: %d\n%s", status, out)
	}
	address := freeAddress(t)
	server(t, address, "serve", "--data", data, "--listen", address)
	_, text := get(t, "http://"+metrics+"/metrics")
	if !strings.Contains(text, "wardfold_log_unwitnessed_seconds{institution=") {
		t.Errorf("the metrics do not tell:\n%.2000s", text)
	}
}

// unseenFor leaves the first institution with an entry that no witness has seen
// for so long: all before it is said to be cosigned.
func unseenFor(t *testing.T, in *installation, d time.Duration) {
	t.Helper()
	ids, err := in.Institutions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = in.DB.Update(t.Context(), ids[0], func(tx *db.Tx) error {
		var size int64
		if err := tx.QueryRow(`SELECT next FROM log_counter WHERE institution_id = $1`, ids[0]).Scan(&size); err != nil {
			return err
		}
		ledger.Append(tx, ledger.Event{Type: ledger.Alarm, Role: actor.System, Allow: true, At: tx.Now().Add(-d)})
		_, err := tx.Exec(`INSERT INTO cosignature (institution_id, size, witness, at, line) VALUES ($1, $2, $3, $4, $5)`,
			ids[0], size, "bureau.example", tx.Now().UnixMilli(), "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
