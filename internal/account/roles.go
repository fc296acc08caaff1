package account

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
)

// ProofLife is how long a strong proof of identity is good for acts that need
// one, such as a reveal.
const ProofLife = 4 * time.Hour

// Fresh returns fault.Unauthenticated "stepup.needed" if the actor's last strong
// proof is older than ProofLife, or lies in the future, as after a clock was set
// back.
func Fresh(a actor.Actor, now time.Time) error {
	if age := now.Sub(a.ProvedAt); age > ProofLife || age < -time.Minute {
		return fault.New(fault.Unauthenticated, "stepup.needed")
	}
	return nil
}

// staffRoles are the roles that an account of this room may be appointed to.
var staffRoles = []actor.Role{actor.Clerk, actor.Teacher, actor.Manager, actor.Officer, actor.CyberOffice,
	actor.DataOwner, actor.Leader, actor.Owner, actor.Auditor, actor.SysAdmin, actor.Volunteer, actor.Vendor, actor.Overseer}

// alone are roles that stand by themselves: who administers the system or reads
// its log has no other business in it, and outsiders get one narrow role.
// Source: GB/T 22239-2019 8.1.5 (system, security and audit administration are
// three people); S3-43 for vendors.
var alone = []actor.Role{actor.SysAdmin, actor.Auditor, actor.Vendor, actor.Overseer, actor.Volunteer}

// Compatible reports whether one person may hold both roles.
func Compatible(a, b actor.Role) bool {
	if a == b {
		return true
	}
	return !slices.Contains(alone, a) && !slices.Contains(alone, b)
}

// storeRoles work in one store and are the manager's to fill.
var storeRoles = []actor.Role{actor.Clerk, actor.Teacher, actor.Volunteer}

// MayAppoint reports whether a role may appoint others to a role, and remove
// them from it. The program itself may, at the hand of the operator: somebody
// has to be first.
func MayAppoint(by, to actor.Role) bool {
	switch by {
	case actor.System:
		return slices.Contains(staffRoles, to)
	case actor.Owner:
		return slices.Contains(staffRoles, to) && to != actor.Overseer
	case actor.Manager:
		return slices.Contains(storeRoles, to)
	}
	return false
}

// MayConfirm reports whether a role may be the second of the two people behind
// an appointment.
func MayConfirm(by, to actor.Role) bool {
	switch by {
	case actor.Owner, actor.Officer:
		return to != actor.Overseer
	case actor.Manager:
		return slices.Contains(storeRoles, to)
	}
	return false
}

const (
	maxLogin = 64 // bytes after folding
	maxName  = 64 // runes
)

// foldLogin brings a login to its one spelling: NFKC (so full width is half
// width), lower case, no white space and no invisible marks. Counting before
// folding was CVE-2025-6004: each spelling had its own lock.
func foldLogin(s string) string {
	if len(s) > 4*maxLogin {
		s = s[:4*maxLogin] // nobody has such a login; bound the work
	}
	drop := func(r rune) rune {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Cc) {
			return -1
		}
		return unicode.ToLower(r)
	}
	// Twice, because lower case may leave NFKC and a second pass changes no more.
	for range 2 {
		s = norm.NFKC.String(strings.Map(drop, norm.NFKC.String(s)))
	}
	return s
}

// checkLogin returns the folded login, or a fault about the field "login".
func checkLogin(s string) (string, error) {
	s = foldLogin(s)
	if s == "" || len(s) > maxLogin {
		return "", fault.At("login", "login.length", maxLogin)
	}
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-@·", r) {
			return "", fault.At("login", "login.letters")
		}
	}
	return s, nil
}

// checkName returns the display name of a member of staff, tidied.
func checkName(s string) (string, error) {
	s = norm.NFC.String(strings.Join(strings.Fields(s), " "))
	n := 0
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return "", fault.At("name", "name.letters")
		}
		n++
	}
	if n == 0 || n > maxName {
		return "", fault.At("name", "name.length", maxName)
	}
	return s, nil
}

// Masked is how a family sees the name of a member of staff: its first character
// and two stars, so that the mask tells nothing about the length.
func Masked(name string) string {
	if name == "" {
		return ""
	}
	for i, r := range name {
		if i > 0 && !unicode.In(r, unicode.M, unicode.Variation_Selector) {
			return name[:i] + "**"
		}
	}
	return name + "**"
}

// label tidies a short label that a page gives, such as the kind of a device.
func label(s string) string {
	const most = 40
	out := make([]rune, 0, most)
	for _, r := range s {
		if len(out) == most {
			break
		}
		if unicode.IsPrint(r) {
			out = append(out, r)
		}
	}
	return strings.TrimSpace(string(out))
}
