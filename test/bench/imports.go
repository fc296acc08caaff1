package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/intake"
	"github.com/wardfold/wardfold/internal/lang"
)

// rosterRows is how long the roster is that is brought in.
const rosterRows = 100_000

// roster measures an import from the file to the last record: every line judged,
// sealed, saved and written down.
func roster(ctx context.Context, s settings) error {
	h, err := open(ctx, "sqlite:"+filepath.Join(s.dir, "import.db"))
	if err != nil {
		return err
	}
	defer h.Close()
	w, err := found(ctx, h)
	if err != nil {
		return err
	}
	officer, manager, err := w.people(ctx, h)
	if err != nil {
		return err
	}
	file, err := sheet(h)
	if err != nil {
		return err
	}
	began := time.Now()
	b, err := h.Intake.Upload(ctx, officer, intake.Source{Kind: intake.PaperConsent, Basis: catalogue.Consent, Store: w.founded.Store,
		Document: intake.Document{Code: "A-1", Hash: [32]byte{1}}}, bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return err
	}
	judged := time.Since(began)
	if _, err := h.Intake.Release(ctx, manager, b.ID); err != nil {
		return err
	}
	if b, err = h.Intake.Apply(ctx, officer, b.ID, nil); err != nil {
		return err
	}
	took := time.Since(began)
	if b.Made != rosterRows {
		return fmt.Errorf("of %d lines %d became records", rosterRows, b.Made)
	}
	line("import of 100,000 rows", fmt.Sprintf("%8.1f s, of which %.1f s to judge them", took.Seconds(), judged.Seconds()), below(took.Seconds(), 30, " s"))
	return nil
}

// people are the officer and the manager, trained, pledged and freshly proved.
func (w *world) people(ctx context.Context, h *house.House) (officer, manager actor.Actor, err error) {
	for _, s := range []actor.Actor{{Staff: w.founded.Officer.ID, Role: actor.Officer}, {Staff: w.founded.Manager.ID, Role: actor.Manager, Store: w.founded.Store}} {
		if err := h.Instruct(ctx, w.founded.Institution, s.Staff, time.Now().AddDate(1, 0, 0), [32]byte{1}); err != nil {
			return officer, manager, err
		}
		s.Institution, s.ProvedAt = w.founded.Institution, time.Now()
		if s.Role == actor.Officer {
			officer = s
		} else {
			manager = s
		}
	}
	return officer, manager, nil
}

// sheet is a CSV roster under the columns of the template.
func sheet(h *house.House) ([]byte, error) {
	var template strings.Builder
	if err := h.Intake.Template(&template, "csv", lang.For(lang.Default)); err != nil {
		return nil, err
	}
	head, _, _ := strings.Cut(template.String(), "\n")
	var b bytes.Buffer
	b.WriteString(head + "\n")
	for n := range rosterRows {
		name := "欧阳" + string(rune(0x4E00+n%2000)) + string(rune(0x4E00+n/2000%2000))
		fmt.Fprintf(&b, "%s,2016-%02d,%s,%s\n", name, n%12+1, name, phone(n))
	}
	return b.Bytes(), nil
}
