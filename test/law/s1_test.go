package law_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/intake"
	"github.com/wardfold/wardfold/internal/inventory"
	"github.com/wardfold/wardfold/internal/subject"
)

// roster has n lines of invented families.
func roster(n int) []byte {
	var b bytes.Buffer
	b.WriteString("学员姓名,出生年月,家长姓名,联系方式\n")
	for i := range n {
		name := string([]rune{'示', '例', 0x4E00 + rune(i)})
		fmt.Fprintf(&b, "%s,2016-03,%s,%s\n", name, name, housetest.Phone(700_000+i))
	}
	return b.Bytes()
}

// S1-01, S1-04, S0-02, S3-13, B4: records from a roster with its source document
// name that source, are in order as long as nobody reads them before the family
// agrees, and are far more than the enrolments explain: the inventory says so.
func TestRecordsOfARosterNameTheirSourceAndStandOut(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	src := intake.Source{Kind: intake.Migration, Basis: catalogue.Contract, Store: f.Store,
		Document: intake.Document{Code: "forms-2026-11", Hash: sha256.Sum256([]byte("scan"))}}
	file := roster(30)
	b, err := f.Intake.Upload(ctx, f.As(actor.Officer), src, bytes.NewReader(file), int64(len(file)))
	must(t, err)
	_, err = f.Intake.Apply(ctx, f.As(actor.Officer), b.ID, nil)
	must(t, err)
	f.Advance(time.Minute)
	var guardian subject.Subject
	f.View(func(tx *db.Tx) error {
		var found int
		err := tx.QueryRow(`SELECT COUNT(*) FROM subject WHERE institution_id = $1 AND source = $2`, f.Institution, b.ID.String()).Scan(&found)
		if found != 60 {
			t.Errorf("%d records name the import as their source", found)
		}
		if err == nil {
			err = tx.QueryRow(`SELECT subject_id FROM subject WHERE institution_id = $1 AND kind = 'guardian' LIMIT 1`, f.Institution).Scan(&guardian.ID)
		}
		return err
	})
	_, err = f.Desk.Reveal(ctx, f.As(actor.Clerk), guardian.ID, subject.GuardianPhone, "contact.class")
	if k := fault.KindOf(err); k != fault.ConsentNeeded && k != fault.Denied {
		t.Errorf("read before the family agreed: %v", err)
	}
	rep := take(t, f)
	if got := codes(rep); len(got) != 1 || got[0] != "volume" || rep.Volume != (inventory.Volume{Children: 30}) {
		t.Errorf("found %v, %+v", rep.Findings, rep.Volume)
	}
}
