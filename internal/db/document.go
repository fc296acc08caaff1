package db

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// Document is a value that a column keeps as JSON text. The database does not
// look inside.
type Document struct{ value any }

// JSON makes a document: of a value for an argument, of a pointer for Scan.
func JSON(v any) Document { return Document{v} }

// Value returns the text.
func (d Document) Value() (driver.Value, error) {
	text, err := json.Marshal(d.value)
	return string(text), err
}

// Scan reads the text into what the pointer points at.
func (d Document) Scan(src any) error {
	switch text := src.(type) {
	case string:
		return json.Unmarshal([]byte(text), d.value)
	case []byte:
		return json.Unmarshal(text, d.value)
	}
	return fmt.Errorf("no document in %T", src)
}
