package api

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/internal/fault"
)

// Paging is how a long list is asked for in parts.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"64" doc:"The next of the part before; opaque."`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50" doc:"Most entries in one part."`
}

// cursorOf prints a position; readers should not take it apart.
func cursorOf(position int64) string {
	if position == 0 {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte("p" + strconv.FormatInt(position, 36)))
}

// position reads a cursor; none is the beginning.
func (p Paging) position() (int64, error) {
	if p.Cursor == "" {
		return 0, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	digits, ours := strings.CutPrefix(string(raw), "p")
	n, nerr := strconv.ParseInt(digits, 36, 64)
	if err != nil || !ours || nerr != nil || n < 0 {
		return 0, fault.At("cursor", "api.value")
	}
	return n, nil
}

// part cuts one page out of a list that is read whole.
func part[T any](p Paging, all []T) (list []T, next string, err error) {
	from, err := p.position()
	if err != nil {
		return nil, "", err
	}
	from = min(from, int64(len(all)))
	to := min(from+int64(max(p.Limit, 1)), int64(len(all)))
	if to < int64(len(all)) {
		next = cursorOf(to)
	}
	return all[from:to], next, nil
}
