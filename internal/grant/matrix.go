package grant

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
)

// Matrix is who can see what: classes of fields × roles, from the rules and the
// grants that run. Source: S0-10, classified authorisation settings.
type Matrix struct {
	At      time.Time
	Version string // of the rules
	Rows    []Row
}

// Row is one role.
type Row struct {
	Role   actor.Role
	Access policy.Access // the most that the rules leave possible
	Cells  []Cell        // one for each of policy.ClassNames
}

// Cell is one class of fields for one role. Without a grant in it, the role
// gets masked values of that class at most.
type Cell struct {
	Class  string
	Grants []Line
}

// Line is one running grant as the matrix shows it: who approved it, why, and
// when it ends.
type Line struct {
	Grant    id.Grant
	Who      id.Staff
	Approver id.Staff
	Purpose  string
	Reason   Reason
	Until    time.Time
}

// Snapshot draws the matrix of an institution at a moment.
func (r *Register) Snapshot(tx *db.Tx, inst id.Institution, at time.Time) (Matrix, error) {
	running, err := Running(tx, inst, at)
	if err != nil {
		return Matrix{}, err
	}
	return Draw(r.Gate.Policy, running, at), nil
}

// Draw puts grants into the matrix of the rules; only live ones count.
func Draw(rules *policy.Engine, grants []Grant, at time.Time) Matrix {
	m := Matrix{At: at, Version: rules.Version()}
	for _, role := range actor.Roles {
		row := Row{Role: role, Access: rules.AccessOf(role)}
		for _, class := range policy.ClassNames {
			cell := Cell{Class: class.Name}
			for _, g := range grants {
				if g.Role == role && g.Live(at) && policy.ClassesOf(g.Fields)&class.Class != 0 {
					cell.Grants = append(cell.Grants, Line{g.ID, g.Who, g.Decider, g.Purpose, g.Reason, g.Until})
				}
			}
			row.Cells = append(row.Cells, cell)
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}

// Text is the matrix as tab-separated lines: role, access, class, grant, who,
// approver, purpose, reason, end. It holds identifiers, no names, and is the
// same for equal matrices, so that two snapshots can be compared line by line.
func (m Matrix) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "rules\t%s\n", m.Version)
	for _, row := range m.Rows {
		for _, cell := range row.Cells {
			fmt.Fprintf(&b, "%s\t%s\t%s\n", row.Role, row.Access, cell.Class)
			lines := slices.SortedFunc(slices.Values(cell.Grants), func(x, y Line) int {
				return strings.Compare(x.Grant.String(), y.Grant.String())
			})
			for _, l := range lines {
				fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", row.Role, row.Access, cell.Class,
					l.Grant, l.Who, l.Approver, l.Purpose, l.Reason, l.Until.UTC().Format(time.RFC3339))
			}
		}
	}
	return b.String()
}

// Hash is the SHA-256 of Text, for the audit entry of a snapshot.
func (m Matrix) Hash() [32]byte { return sha256.Sum256([]byte(m.Text())) }
