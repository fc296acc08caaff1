package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/wardfold/wardfold/internal/account/totp"
	"github.com/wardfold/wardfold/internal/db"
)

// TestAVisitorSignsInWithTheCodeThatIsShown: the demonstration prints the code of
// the moment, and a code is good once, so building must not have used it.
func TestAVisitorSignsInWithTheCodeThatIsShown(t *testing.T) {
	in := opened(t, city(t))
	whole, err := built()
	if err != nil {
		t.Fatal(err)
	}
	made, err := os.Stat(filepath.Join(whole, "demo.json"))
	if err != nil {
		t.Fatal(err)
	}
	ids, err := in.Institutions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	accounts, used := 0, 0
	for _, inst := range ids {
		err := in.DB.View(t.Context(), inst, func(tx *db.Tx) error {
			var all, now int
			err := tx.QueryRow(`SELECT COUNT(*), COALESCE(SUM(CASE WHEN totp_step >= $1 THEN 1 ELSE 0 END), 0)
FROM staff WHERE institution_id = $2 AND totp_step > 0`, totp.Step(made.ModTime()), inst).Scan(&all, &now)
			accounts, used = accounts+all, used+now
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if accounts < 10 || used > 1 { // one, when a step ended while it was used
		t.Errorf("%d of %d accounts have used the code that is shown", used, accounts)
	}
}
