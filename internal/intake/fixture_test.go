package intake_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/intake"
)

const head = "学员姓名,出生年月,家长姓名,联系方式\n"

// name gives invented names that are all different.
func name(n int) string {
	return string([]rune{'示', '例', 0x4E00 + rune(n%5000), 0x5E00 + rune(n/5000)})
}

// learner is one good line about the nth invented family.
func learner(n int, birth string) string {
	return fmt.Sprintf("%s,%s,%s,%s\n", name(n), birth, name(n+7), housetest.Phone(500_000+n))
}

// roster has n good lines.
func roster(n int) []byte {
	var b bytes.Buffer
	b.WriteString(head)
	for i := range n {
		b.WriteString(learner(i, fmt.Sprintf("20%02d-%02d", 15+i%8, 1+i%12)))
	}
	return b.Bytes()
}

var document = intake.Document{Code: "forms-2026-11", Hash: sha256.Sum256([]byte("scan"))}

type fixture struct{ *housetest.Fixture }

func open(t testing.TB) fixture { return fixture{housetest.New(t)} }

func (f fixture) source(k intake.Kind, d intake.Document) intake.Source {
	return intake.Source{Kind: k, Basis: catalogue.Contract, Document: d, Store: f.Store}
}

func (f fixture) upload(src intake.Source, file []byte) (intake.Batch, error) {
	return f.Intake.Upload(context.Background(), f.As(actor.Officer), src, bytes.NewReader(file), int64(len(file)))
}

// take uploads a roster that must be taken.
func (f fixture) take(k intake.Kind, d intake.Document, file []byte) intake.Batch {
	f.T.Helper()
	b, err := f.upload(f.source(k, d), file)
	if err != nil {
		f.T.Fatal(err)
	}
	return b
}

func (f fixture) apply(b intake.Batch) intake.Batch {
	f.T.Helper()
	out, err := f.Intake.Apply(context.Background(), f.As(actor.Officer), b.ID, nil)
	if err != nil {
		f.T.Fatal(err)
	}
	return out
}

// count counts the rows of a query in the institution.
func (f fixture) count(query string, args ...any) (n int) {
	f.T.Helper()
	f.View(func(tx *db.Tx) error {
		return tx.QueryRow(query, append([]any{f.Institution}, args...)...).Scan(&n)
	})
	return n
}

func (f fixture) children() int {
	return f.count(`SELECT COUNT(*) FROM subject WHERE institution_id = $1 AND kind = 'child'`)
}

// guardianOf returns the guardian and the child of the nth invented family.
func (f fixture) family(n int) (guardian, child id.Subject) {
	f.T.Helper()
	f.View(func(tx *db.Tx) error {
		token, err := f.Vault.Index(tx, f.Institution, "guardian.phone", phone(n))
		if err != nil {
			return err
		}
		return tx.QueryRow(`SELECT s.subject_id, y.child_id FROM sealed_field s
			JOIN family y ON y.institution_id = s.institution_id AND y.guardian_id = s.subject_id
			WHERE s.institution_id = $1 AND s.field = 'guardian.phone' AND s.token = $2`, f.Institution, token).Scan(&guardian, &child)
	})
	return guardian, child
}

func want(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if fault.KindOf(err) != kind || code != "" && fault.CodeOf(err) != code {
		t.Errorf("got %v, want %s %s", err, kind, code)
	}
}
