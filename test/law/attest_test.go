package law_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/attest"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/subject"
)

func fresh(t *testing.T, f *housetest.Fixture) error {
	t.Helper()
	var state error
	f.View(func(tx *db.Tx) error { state = attest.Fresh(tx, f.Institution); return nil })
	return state
}

// S0-06, S3-12, S3-38: the program states daily by which means it protects; the
// log has the hash of it; after 24 hours it counts no more.
func TestADailyStatementOnTechnicalMeansIsLoggedAndGoesStale(t *testing.T) {
	f := housetest.New(t)
	if err := fresh(t, f); fault.CodeOf(err) != "attest.none" {
		t.Errorf("before the first statement: %v", err)
	}
	s, err := f.Attest.Make(t.Context(), f.Institution, attest.Outside{Program: "test", Transport: attest.TLS, Ports: []string{":8443"}})
	must(t, err)
	if len(s.Keys) != 1 || s.Keys[0].Suite != housetest.Suite().String() || s.Keys[0].Created.IsZero() {
		t.Errorf("keys: %+v", s.Keys)
	}
	for engine, want := range map[string]map[string]string{
		"sqlite":   {"journal_mode": "wal", "synchronous": "2", "secure_delete": "1"},
		"postgres": {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"},
	} {
		for name, value := range want {
			if s.Engine == engine && s.Settings[name] != value {
				t.Errorf("%s is %q", name, s.Settings[name])
			}
		}
	}
	if !slices.Equal(s.Found, []string{"old_backup"}) {
		t.Errorf("found %v", s.Found)
	}
	f.View(func(tx *db.Tx) error {
		proved, err := attest.Proved(tx, f.Institution)
		if !proved {
			t.Error("the log does not have the hash of the statement")
		}
		return err
	})
	f.Advance(attest.Life)
	if err := fresh(t, f); err != nil {
		t.Errorf("after a day: %v", err)
	}
	f.Advance(time.Second)
	if err := fresh(t, f); fault.CodeOf(err) != "attest.stale" {
		t.Errorf("after more than a day: %v", err)
	}
}

// S0-06: what is wrong is said: pages in the clear, an old key; a backup that
// was made counts.
func TestTheStatementSaysWhatIsWrong(t *testing.T) {
	f := housetest.New(t)
	f.Advance(3 * 365 * 24 * time.Hour)
	f.Update(func(tx *db.Tx) error {
		ledger.Append(tx, ledger.Event{Type: ledger.BackupMade, Role: actor.System, Allow: true})
		return nil
	})
	s, err := f.Attest.Make(t.Context(), f.Institution, attest.Outside{Transport: attest.Plain})
	must(t, err)
	if !slices.Equal(s.Found, []string{"plain", "old_key"}) {
		t.Errorf("found %v", s.Found)
	}
}

// I11: a statement cannot be changed afterwards.
func TestAStatementStaysAsItWas(t *testing.T) {
	f := housetest.New(t)
	_, err := f.Attest.Make(t.Context(), f.Institution, attest.Outside{})
	must(t, err)
	for _, q := range []string{`UPDATE attestation SET body = '{}'`, `DELETE FROM attestation`} {
		if err := f.DB.Update(t.Context(), f.Institution, func(tx *db.Tx) error {
			_, err := tx.Exec(q)
			return err
		}); err == nil {
			t.Errorf("%s is possible", q)
		}
	}
}

// S0-06, S3-38, I3: whoever reads the files of the database, or a backup of it,
// as strings finds neither name, nor number, nor month.
func TestTheFilesShowNoPlaintext(t *testing.T) {
	if os.Getenv("WARDFOLD_TEST_DB") == "postgres" {
		t.Skip("PostgreSQL's backup is read by the canary")
	}
	f := housetest.New(t)
	form := housetest.Form(7, "2016-03")
	r, _ := f.EnrolWith(form, 7)
	_, err := f.Desk.Reveal(t.Context(), f.As(actor.Clerk), r.Guardian, subject.GuardianPhone, "contact.class")
	must(t, err)
	copied := filepath.Join(t.TempDir(), "backup.db")
	must(t, f.DB.Backup(t.Context(), copied))
	raw, err := os.ReadFile(copied)
	must(t, err)
	for what, needle := range map[string]string{
		"learner": form.LearnerName.Expose(), "guardian": form.GuardianName.Expose(),
		"phone": housetest.Phone(7), "month": "2016-03", "month without dash": "201603",
	} {
		if strings.Contains(string(raw), needle) {
			t.Errorf("the %s is in the file", what)
		}
	}
	if !strings.Contains(string(raw), "示例一店") {
		t.Error("the search finds nothing at all: it proves nothing")
	}
}

// S0-06: the sweep of each new day makes the statement, once.
func TestTheSweepMakesOneStatementADay(t *testing.T) {
	f := housetest.New(t)
	must(t, f.Sweep(t.Context(), f.Institution))
	if err := fresh(t, f); fault.CodeOf(err) != "attest.none" {
		t.Errorf("a house that knows nothing of the outside states: %v", err)
	}
	f.House.Outside = &attest.Outside{Transport: attest.Proxy}
	for day := range 3 {
		for range 2 {
			must(t, f.Sweep(t.Context(), f.Institution))
		}
		if n := len(entries(t, f, ledger.Filter{Type: ledger.Attested})); n != day+1 {
			t.Errorf("day %d has %d statements", day+1, n)
		}
		must(t, fresh(t, f))
		f.Advance(24 * time.Hour)
	}
}
