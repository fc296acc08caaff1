package seal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// crowd creates n subjects with one sealed name each.
func (h house) crowd(n int) (cells []cell) {
	h.t.Helper()
	for len(cells) < n {
		h.update(func(tx *db.Tx) error {
			for range min(250, n-len(cells)) {
				s := newSubject()
				p, err := h.v.Prepare(h.t.Context(), h.d, h.inst, s)
				if err != nil {
					return err
				}
				if err := p.Save(tx); err != nil {
					return err
				}
				sealed, err := p.Seal("learner.name", 1, secret.NewText(s.String()))
				if err != nil {
					return err
				}
				cells = append(cells, cell{place: h.place(s, "learner.name", 1), sealed: sealed})
			}
			return nil
		})
	}
	return cells
}

func (h house) check(cells []cell) {
	h.t.Helper()
	for _, c := range cells {
		if got, err := h.open(c.place, c.sealed); err != nil || got != c.place.Subject.String() {
			h.t.Fatalf("%v does not open: %v", c.place.Subject, err)
		}
	}
}

// Rotation rewraps every subject key while others open, enrol and erase; no
// request fails, and the fields are not touched.
func TestRotationDisturbsNobody(t *testing.T) {
	eachHouse(t, func(t *testing.T, h house) {
		cells := h.crowd(2000)
		stop := make(chan struct{})
		var wg sync.WaitGroup
		var opened atomic.Int64
		errs := make(chan error, 100)
		for w := range 3 {
			wg.Go(func() {
				for i := w; ; i += 7 {
					select {
					case <-stop:
						return
					default:
					}
					c := cells[i%len(cells)]
					if got, err := h.open(c.place, c.sealed); err != nil || got != c.place.Subject.String() {
						errs <- fmt.Errorf("open during rotation: %w", err)
						return
					}
					opened.Add(1)
				}
			})
		}
		var enrolled []id.Subject
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				s, erased := newSubject(), newSubject()
				err := h.d.Update(t.Context(), h.inst, func(tx *db.Tx) error {
					return errors.Join(h.v.Create(tx, h.inst, s), h.v.Create(tx, h.inst, erased))
				})
				if err == nil {
					err = h.d.Update(t.Context(), h.inst, func(tx *db.Tx) error { return h.v.Erase(tx, h.inst, erased) })
				}
				if err != nil {
					errs <- fmt.Errorf("enrol during rotation: %w", err)
					return
				}
				enrolled = append(enrolled, s)
			}
		})
		calls := 0
		for want := uint32(2); want <= 3; want++ {
			last := 0
			r, err := h.v.Rotate(t.Context(), h.d, h.inst, func(done, total int) {
				if done < last {
					t.Errorf("progress went back from %d to %d", last, done)
				}
				last = done
				calls++
			})
			if err != nil {
				t.Fatal(err)
			}
			if r.Version != want || r.Resumed || r.Damaged != 0 || r.Rewrapped < len(cells) {
				t.Errorf("rotation: %+v", r)
			}
		}
		close(stop)
		wg.Wait()
		close(errs)
		for err := range errs {
			t.Error(err)
		}
		if calls < 2*2000/256 {
			t.Errorf("progress was reported %d times", calls)
		}
		for _, s := range append(enrolled, cells[0].place.Subject, cells[1999].place.Subject) {
			if !bytes.HasPrefix(h.wrapped(s), []byte("v3:")) {
				t.Errorf("%v is wrapped under %.3q", s, h.wrapped(s))
			}
		}
		h.check(cells)
		t.Logf("%d opened and %d enrolled during two rotations of %d", opened.Load(), len(enrolled), len(cells))
	})
}

func TestAnInterruptedRotationIsFinishedFirst(t *testing.T) {
	eachHouse(t, func(t *testing.T, h house) {
		cells := h.crowd(1000)
		ctx, cancel := context.WithCancel(t.Context())
		first, err := h.v.Rotate(ctx, h.d, h.inst, func(done, total int) {
			if done >= 500 {
				cancel()
			}
		})
		if err == nil || first.Rewrapped < 500 || first.Rewrapped >= 1000 {
			t.Fatalf("not interrupted: %+v, %v", first, err)
		}
		h.check(cells) // half here, half there
		if err := h.v.Destroy(t.Context(), h.d, h.inst, 1); fault.CodeOf(err) != "seal.key_in_use" {
			t.Errorf("destroyed a version in use: %v", err)
		}

		// Another process, which has only the database and the root key, goes on.
		second, err := h.v.Rotate(t.Context(), h.d, h.inst, nil)
		if err != nil || !second.Resumed || second.Version != 2 || first.Rewrapped+second.Rewrapped != 1000 {
			t.Errorf("resumed: %+v, %v", second, err)
		}
		h.check(cells)
		third, err := h.v.Rotate(t.Context(), h.d, h.inst, nil)
		if err != nil || third.Resumed || third.Version != 3 {
			t.Errorf("then: %+v, %v", third, err)
		}
	})
}

func TestTwoWhoRotateAtOnceDoNotUndoEachOther(t *testing.T) {
	eachHouse(t, func(t *testing.T, h house) {
		cells := h.crowd(600)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				_, err := h.v.Rotate(t.Context(), h.d, h.inst, nil)
				if err != nil && fault.CodeOf(err) != "seal.rotating" {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if _, err := h.v.Rotate(t.Context(), h.d, h.inst, nil); err != nil {
			t.Fatal(err)
		}
		list, err := h.v.Versions(t.Context(), h.d, h.inst)
		if err != nil {
			t.Fatal(err)
		}
		current := fmt.Sprintf("v%d:", list[len(list)-1].Number)
		for i, k := range list {
			if last := i == len(list)-1; k.Retired.IsZero() != last || k.Drained.IsZero() != last {
				t.Errorf("version %d: %+v", k.Number, k)
			}
		}
		for _, c := range cells {
			if w := h.wrapped(c.place.Subject); !bytes.HasPrefix(w, []byte(current)) {
				t.Fatalf("a subject is left under %.3q", w)
			}
		}
		h.check(cells)
	})
}

func TestASubjectPreparedBeforeARotationIsSavedAfterIt(t *testing.T) {
	eachHouse(t, func(t *testing.T, h house) {
		s := newSubject()
		p, err := h.v.Prepare(t.Context(), h.d, h.inst, s)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := p.Seal("learner.name", 1, secret.NewText("小明"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.v.Rotate(t.Context(), h.d, h.inst, nil); err != nil {
			t.Fatal(err)
		}
		h.update(p.Save)
		if !bytes.HasPrefix(h.wrapped(s), []byte("v2:")) {
			t.Errorf("it is wrapped under %.3q, which Rotate left empty", h.wrapped(s))
		}
		if got, err := h.open(h.place(s, "learner.name", 1), sealed); err != nil || got != "小明" {
			t.Error(err)
		}
	})
}

// Two nodes share a database; one rotates and destroys, the other has the old
// keys in its cache.
func TestAnotherNodeLearnsOfARotationByItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d, seal.Intl)
		other := h
		var err error
		kek := kekOf(t)
		if h.v, err = seal.New(seal.Config{KEK: kek, Window: 1}); err != nil {
			t.Fatal(err)
		}
		if other.v, err = seal.New(seal.Config{KEK: kek}); err != nil {
			t.Fatal(err)
		}
		h.inst = newInstitution(t, h.v, d)
		other.inst = h.inst
		before := other.crowd(3) // fills the other node's cache
		if _, err := h.v.Rotate(t.Context(), d, h.inst, nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Millisecond) // the window passes
		if err := h.v.Destroy(t.Context(), d, h.inst, 1); err != nil {
			t.Fatal(err)
		}
		other.check(before)
		after := other.crowd(3)
		for _, c := range after {
			if !bytes.HasPrefix(h.wrapped(c.place.Subject), []byte("v2:")) {
				t.Errorf("the other node wraps under %.3q", h.wrapped(c.place.Subject))
			}
		}
		h.check(after)
	})
}

func TestADamagedSubjectKeyIsLeftAndCounted(t *testing.T) {
	h := newHouse(t, dbtest.Open(t), seal.Intl)
	cells := h.crowd(10)
	bad := h.wrapped(cells[4].place.Subject)
	bad[20] ^= 1
	h.update(func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE subject_key SET wrapped = $1 WHERE institution_id = $2 AND subject_id = $3`,
			bad, h.inst, cells[4].place.Subject)
		return err
	})
	r, err := h.v.Rotate(t.Context(), h.d, h.inst, nil)
	if err != nil || r.Damaged != 1 || r.Rewrapped != 9 {
		t.Errorf("%+v, %v", r, err)
	}
	if err := h.v.Destroy(t.Context(), h.d, h.inst, 1); fault.CodeOf(err) != "seal.key_in_use" {
		t.Errorf("the version that could still mend it was destroyed: %v", err)
	}
	if r, err = h.v.Rotate(t.Context(), h.d, h.inst, nil); err != nil || r.Version != 3 {
		t.Errorf("one damaged key stops all rotation: %+v, %v", r, err)
	}
	h.check(append(cells[:4:4], cells[5:]...))
}

func TestOnlyAnOldEmptyVersionCanBeDestroyed(t *testing.T) {
	h := newHouse(t, dbtest.Open(t), seal.GM)
	h.crowd(1)
	for version, code := range map[uint32]string{0: "seal.key_unknown", 1: "seal.key_in_use", 2: "seal.key_unknown"} {
		if err := h.v.Destroy(t.Context(), h.d, h.inst, version); fault.CodeOf(err) != code {
			t.Errorf("version %d: %v", version, err)
		}
	}
	if _, err := h.v.Rotate(t.Context(), h.d, h.inst, nil); err != nil {
		t.Fatal(err)
	}
	list, err := h.v.Versions(t.Context(), h.d, h.inst)
	if err != nil || len(list) != 2 || list[0].Drained.IsZero() || list[0].Retired.IsZero() || !list[1].Retired.IsZero() {
		t.Errorf("%+v, %v", list, err)
	}
	if err := h.v.Destroy(t.Context(), h.d, h.inst, 1); fault.CodeOf(err) != "seal.key_window" {
		t.Errorf("destroyed within the window: %v", err)
	}
}
