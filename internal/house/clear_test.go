package house_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/seal/sealtest"
)

// I9, I10: an erasure that is durable is answered as one, though a long reader
// keeps the log of changes from being emptied; it is emptied when the reader has
// gone.
func TestAnErasureDoesNotWaitForALongReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wardfold.db")
	f := housetest.NewOn(t, house.Config{DSN: "sqlite:" + path, KEK: sealtest.KEK(t, "house")})
	r := f.Enrol(1, "2016-03")
	f.Enrol(2, "2016-03")
	reading, done, gone := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		gone <- f.DB.View(t.Context(), f.Institution, func(tx *db.Tx) error {
			var n int
			err := tx.QueryRow(`SELECT COUNT(*) FROM subject WHERE institution_id = $1`, f.Institution).Scan(&n)
			select {
			case <-reading:
			default:
				close(reading)
			}
			<-done
			return err
		})
	}()
	<-reading
	cert, err := f.Family.Erase(t.Context(), f.Guardian(r.Guardian), r.Child)
	if err != nil || cert.Records != 2 {
		t.Fatalf("%+v, %v", cert, err)
	}
	if size(t, path+"-wal") == 0 {
		t.Fatal("the reader did not hold the log, so nothing is proved")
	}
	close(done)
	if err := <-gone; err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if size(t, path+"-wal") == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Error("the log still holds what was erased")
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	s, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return s.Size()
}
