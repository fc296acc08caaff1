package db

// Scan copies the columns of one row into variables, as Row.Scan does.
type Scan = func(dest ...any) error

// List collects an answer: each row as read fills it from its columns. An empty
// answer is nil, and so is the list with an error, be it of the query or of read.
//
//	stores, err := db.List(tx, (*Store).scan, `SELECT … FROM store WHERE institution_id = $1`, inst)
func List[T any](tx *Tx, read func(*T, Scan) error, query string, args ...any) ([]T, error) {
	rows, err := tx.Query(query, args...)
	if err != nil || rows.set.Len() == 0 {
		return nil, err
	}
	list, scan := make([]T, rows.set.Len()), rows.Scan
	for i := range list {
		rows.Next()
		if err := read(&list[i], scan); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Column collects an answer of one column.
func Column[T any](tx *Tx, query string, args ...any) ([]T, error) {
	return List(tx, func(v *T, scan Scan) error { return scan(v) }, query, args...)
}

// Map collects an answer of two columns, the first of which is the key; of two
// rows with the same key the later stays. An empty answer is an empty map.
func Map[K comparable, V any](tx *Tx, query string, args ...any) (map[K]V, error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	all := make(map[K]V, rows.set.Len())
	for rows.Next() {
		var k K
		var v V
		if err := rows.Scan(&k, &v); err != nil {
			return nil, err
		}
		all[k] = v
	}
	return all, nil
}
