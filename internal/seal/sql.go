package seal

import (
	"database/sql"
	"errors"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// Version is one version of an institution key. A zero time means not yet.
type Version struct {
	Number    uint32
	Suite     Suite
	KEK       string    // id of the KEK that wraps it
	Created   time.Time // wraps new subject keys from here
	Retired   time.Time // to here
	Drained   time.Time // since then it wraps no subject key
	Destroyed time.Time // since then it is gone

	wrapped []byte
}

// keyRows is what the database holds of an institution's keys.
type keyRows struct {
	versions []Version // in ascending order
	indexKEK string
	index    []byte
}

func selectKeys(tx *db.Tx, inst id.Institution) (k keyRows, err error) {
	if k.versions, err = selectVersions(tx, inst); err != nil || len(k.versions) == 0 {
		return k, err
	}
	err = tx.QueryRow(`SELECT kek_id, wrapped FROM index_key WHERE institution_id = $1`, inst).
		Scan(&k.indexKEK, &k.index)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil // unwrap reports that no KEK is named
	}
	return k, err
}

func selectVersions(tx *db.Tx, inst id.Institution) ([]Version, error) {
	return db.List(tx, func(k *Version, scan db.Scan) error {
		var suite string
		err := scan(&k.Number, &suite, &k.KEK, &k.wrapped, &k.Created, &k.Retired, &k.Drained, &k.Destroyed)
		if err == nil {
			k.Suite, err = ParseSuite(suite)
		}
		return err
	}, `
		SELECT version, suite, kek_id, wrapped, created_at, retired_at, drained_at, destroyed_at
		FROM institution_key WHERE institution_id = $1 ORDER BY version`, inst)
}

// selectCurrent returns the version that wraps new subject keys.
func selectCurrent(tx *db.Tx, inst id.Institution) (version uint32, err error) {
	err = tx.QueryRow(`
		SELECT version FROM institution_key WHERE institution_id = $1 AND retired_at = 0`,
		inst).Scan(&version)
	return version, err
}

func insertVersion(tx *db.Tx, inst id.Institution, k Version) error {
	_, err := tx.Exec(`
		INSERT INTO institution_key (institution_id, version, suite, kek_id, wrapped, created_at)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		inst, k.Number, k.Suite.String(), k.KEK, k.wrapped, k.Created)
	return err
}

func insertIndexKey(tx *db.Tx, inst id.Institution, kek string, wrapped []byte, at time.Time) error {
	_, err := tx.Exec(`
		INSERT INTO index_key (institution_id, kek_id, wrapped, created_at) VALUES ($1, $2, $3, $4)`,
		inst, kek, wrapped, at)
	return err
}

func updateIndexKey(tx *db.Tx, inst id.Institution, kek string, wrapped []byte) error {
	_, err := tx.Exec(`UPDATE index_key SET kek_id = $1, wrapped = $2 WHERE institution_id = $3`, kek, wrapped, inst)
	return err
}

// retire ends the use of a version for new subject keys; false if it had ended.
func retire(tx *db.Tx, inst id.Institution, version uint32) (bool, error) {
	n, err := tx.Exec(`
		UPDATE institution_key SET retired_at = $1
		WHERE institution_id = $2 AND version = $3 AND retired_at = 0`,
		tx.Now(), inst, version)
	return n == 1, err
}

// drain marks every retired version as unused.
func drain(tx *db.Tx, inst id.Institution) error {
	_, err := tx.Exec(`
		UPDATE institution_key SET drained_at = $1
		WHERE institution_id = $2 AND retired_at > 0 AND drained_at = 0`,
		tx.Now(), inst)
	return err
}

// destroy overwrites the wrapped bytes of a version; the row stays as evidence.
func destroy(tx *db.Tx, inst id.Institution, version uint32) error {
	_, err := tx.Exec(`
		UPDATE institution_key SET wrapped = $1, destroyed_at = $2
		WHERE institution_id = $3 AND version = $4`,
		[]byte{}, tx.Now(), inst, version)
	return err
}

// insertSubject stores a subject key unless its version has been retired, in
// which case it changes no row. The check shares the statement, so that no key
// can slip under a version that Rotate believes empty.
func insertSubject(tx *db.Tx, inst id.Institution, subject id.Subject, version uint32, wrapped, salt []byte) (int64, error) {
	return tx.Exec(`
		INSERT INTO subject_key (institution_id, subject_id, version, wrapped, salt)
		SELECT $1, $2, $3, $4, $5 FROM institution_key
		WHERE institution_id = $1 AND version = $3 AND retired_at = 0`,
		inst, subject, version, wrapped, salt)
}

func selectSubject(tx *db.Tx, inst id.Institution, subject id.Subject) (wrapped []byte, err error) {
	err = tx.QueryRow(`
		SELECT wrapped FROM subject_key WHERE institution_id = $1 AND subject_id = $2`,
		inst, subject).Scan(&wrapped)
	return wrapped, orErased(err)
}

func selectSalt(tx *db.Tx, inst id.Institution, subject id.Subject) (salt []byte, err error) {
	err = tx.QueryRow(`
		SELECT salt FROM subject_key WHERE institution_id = $1 AND subject_id = $2`,
		inst, subject).Scan(&salt)
	return salt, orErased(err)
}

func orErased(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return erased()
	}
	return err
}

func deleteSubject(tx *db.Tx, inst id.Institution, subject id.Subject) error {
	_, err := tx.Exec(`DELETE FROM subject_key WHERE institution_id = $1 AND subject_id = $2`, inst, subject)
	return err
}

type subjectRow struct {
	subject id.Subject
	version uint32
	wrapped []byte
}

// selectStale returns up to limit subject keys after a subject that are not
// wrapped under version.
func selectStale(tx *db.Tx, inst id.Institution, version uint32, after []byte, limit int) ([]subjectRow, error) {
	return db.List(tx, func(r *subjectRow, scan db.Scan) error {
		return scan(&r.subject, &r.version, &r.wrapped)
	}, `
		SELECT subject_id, version, wrapped FROM subject_key
		WHERE institution_id = $1 AND version <> $2 AND subject_id > $3
		ORDER BY subject_id LIMIT $4`, inst, version, after, limit)
}

const updateSubject = `
	UPDATE subject_key SET version = $1, wrapped = $2
	WHERE institution_id = $3 AND subject_id = $4 AND version = $5`

// countStale counts the subject keys that are not wrapped under version.
func countStale(tx *db.Tx, inst id.Institution, version uint32) (n int, err error) {
	err = tx.QueryRow(`
		SELECT count(*) FROM subject_key WHERE institution_id = $1 AND version <> $2`,
		inst, version).Scan(&n)
	return n, err
}

// countUnder counts the subject keys that are wrapped under version.
func countUnder(tx *db.Tx, inst id.Institution, version uint32) (n int, err error) {
	err = tx.QueryRow(`
		SELECT count(*) FROM subject_key WHERE institution_id = $1 AND version = $2`,
		inst, version).Scan(&n)
	return n, err
}
