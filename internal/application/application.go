// Package application is the written application: who wants to use which
// information of whom, why, until when, where it will live, who else is to have
// it; who must agree; and what came of it.
//
// The rules are pure. Route says from facts who must agree. A Case is a fold
// over events that are only ever appended; Next refuses an event that breaks the
// rules by what it says, Judge one that breaks them by who its people are today.
// A model checker walks every order of decisions, departures and stand-ins up to
// a bound and shows that nothing is granted by fewer people or steps than the
// rule (invariant I8); it finds every rule that is torn out.
//
// What comes of an application is a grant (package grant), which the gate
// enforces. A capsule is the application for an activity: its children, its
// fields, its days, its helpers. It closes with the word of each helper that what
// they had was returned or deleted. Break-glass is for life and health.
//
// The words that people write here are read by those who decide and by nobody
// else; the log has their hash.
package application

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/note"
)

// Kind says what sort of paper it is.
type Kind string

// The kinds.
const (
	Project Kind = "project"
	Capsule Kind = "capsule" // an activity with helpers (S2-14)
)

// Kinds lists them.
var Kinds = []Kind{Project, Capsule}

// Range says whose information it is about.
type Range string

// The ranges. A list and a class are fixed when the application is handed in:
// whoever joins later is not in it.
const (
	RangeList  Range = "list"  // these people, by receipt number or identifier
	RangeClass Range = "class" // everybody enrolled in one course of one store, between two days
	RangeStore Range = "store" // everybody of one store
	RangeAll   Range = "all"   // every store
)

// Ranges lists them.
var Ranges = []Range{RangeList, RangeClass, RangeStore, RangeAll}

// Place says where the information will live. Source: University PI Measures
// art. 10 (S3-35, S3-36).
type Place string

// Places lists them; words in package lang under "application.place."+place. The
// first two are inside the data centre.
var Places = []Place{"screen", "datacentre", "device", "paper", "outside"}

// elsewhere reports whether a place is outside the data centre.
func (p Place) elsewhere() bool { return p != "screen" && p != "datacentre" }

// PartyKind says what an outside party is.
type PartyKind string

// The kinds of outside party. Nothing is ever given to an individual (S3-48).
const (
	Body       PartyKind = "body"      // another institution that decides for itself
	Processor  PartyKind = "processor" // works on our behalf
	Individual PartyKind = "individual"
)

// PartyKinds lists them.
var PartyKinds = []PartyKind{Body, Processor, Individual}

// Party is who outside is to have the information.
type Party struct {
	Kind      PartyKind `json:"kind"`
	Name      string    `json:"name"`
	Agreement string    `json:"agreement,omitempty"` // number of the signed confidentiality agreement
	Document  [32]byte  `json:"document,omitzero"`   // SHA-256 of it
}

// Safeguards lists the protective measures an applicant can promise; words under
// "application.safeguard."+code. Source: PIPL art. 51.
var Safeguards = []string{"need_to_know", "no_copies", "encrypted", "locked_away", "masked_display", "delete_after", "training"}

// Harms lists what could happen to a child; words under "application.harm."+code.
// Source: PIPL art. 55, 56 (effect on personal rights).
var Harms = []string{"leak", "fraud", "bullying", "labelling", "tracing", "wrong_decision", "harassment"}

// Grades lists how likely and how bad a harm is, the least first.
var Grades = []string{"low", "medium", "high"}

// Harm is one line of an impact assessment.
type Harm struct {
	Harm     string `json:"harm"`
	Likely   string `json:"likely"`
	Severe   string `json:"severe"`
	Response string `json:"response"` // what is done about it, in words
}

// Form is what an applicant writes.
type Form struct {
	Kind       Kind         `json:"kind"`
	Title      string       `json:"title"` // of the project or activity
	Why        string       `json:"why"`
	Purpose    string       `json:"purpose"`
	Fields     []string     `json:"fields"`
	Clear      bool         `json:"clear"` // values in clear; otherwise masks
	Range      Range        `json:"range"`
	Store      id.Store     `json:"store,omitzero"`
	Course     string       `json:"course,omitempty"`
	Since      time.Time    `json:"since,omitzero"` // of a class: enrolled from … to
	Before     time.Time    `json:"before,omitzero"`
	Subjects   []id.Subject `json:"subjects,omitempty"` // of a list
	Users      []id.Staff   `json:"users"`
	From       time.Time    `json:"from"`
	Until      time.Time    `json:"until"`
	PerDay     int          `json:"per_day,omitempty"` // different people a day; 0 is grant.DefaultPerDay
	Uses       int          `json:"uses,omitempty"`    // openings in all; 0 is no bound
	Place      Place        `json:"place"`
	Party      *Party       `json:"party,omitempty"`
	Safeguards []string     `json:"safeguards"`
	Pledge     bool         `json:"pledge"` // the applicant undertakes confidentiality for this use
	Harms      []Harm       `json:"harms,omitempty"`
}

// Bounds of a form.
const (
	MaxTitle    = 60   // runes
	MaxWords    = 500  // runes of any longer text
	MaxSubjects = 5000 // a longer list is a store
	MaxUsers    = 40
	MaxDrafts   = 20 // of one person
	// Grace is how long after an activity its helpers can still look: to give
	// back what they have. After it nothing opens. Source: S2-14.
	Grace = 24 * time.Hour
)

// Missing returns everything that keeps the form from being handed in, each with
// its field, so that all of it can be mended at once (S3-39). The order is that
// of the form.
func (f Form) Missing(n Needs, p catalogue.Purpose, at time.Time) (all []fault.Field) {
	add := func(bad bool, path, code string, args ...any) {
		if bad {
			all = append(all, fault.Field{Path: path, Code: code, Args: args})
		}
	}
	add(!slices.Contains(Kinds, f.Kind), "kind", "application.kind")
	add(!wordy(f.Title, MaxTitle), "title", "application.title", MaxTitle)
	add(!wordy(f.Why, MaxWords), "why", "application.why", MaxWords)
	add(personal(f.Title), "title", "application.number")
	add(personal(f.Why), "why", "application.number")
	add(f.Purpose == "" || !p.Active(at), "purpose", "application.purpose")
	add(len(f.Fields) == 0 || len(f.Fields) > grant.MaxFields, "fields", "application.fields", grant.MaxFields)
	for _, x := range f.Fields {
		add(f.Purpose != "" && !p.Allows(x), "fields", "application.field_outside")
	}
	f.missingScope(add)
	f.missingUse(add, at)
	f.missingSafety(add, n, p)
	return all
}

func (f Form) missingScope(add func(bool, string, string, ...any)) {
	add(!slices.Contains(Ranges, f.Range), "range", "application.range")
	add((f.Range == RangeStore || f.Range == RangeClass) && f.Store.IsZero(), "store", "application.store")
	add(f.Range == RangeClass && f.Course == "", "course", "application.course")
	add(f.Range == RangeList && len(f.Subjects) == 0, "subjects", "application.subjects")
	add(len(f.Subjects) > MaxSubjects, "subjects", "application.many", MaxSubjects)
	add(f.Kind == Capsule && f.Range != RangeList && f.Range != RangeClass, "range", "capsule.range")
}

func (f Form) missingUse(add func(bool, string, string, ...any), at time.Time) {
	life := f.Until.Sub(f.From)
	add(len(f.Users) == 0 || len(f.Users) > MaxUsers, "users", "application.users", MaxUsers)
	add(f.From.IsZero(), "from", "application.from")
	add(f.Until.IsZero() || !f.Until.After(at) || life <= 0, "until", "application.until")
	add(life > grant.MaxLife, "until", "grant.life", int(grant.MaxLife/(24*time.Hour)))
	add(f.PerDay < 0 || f.PerDay > grant.MaxPerDay, "per_day", "grant.per_day", grant.MaxPerDay)
	add(f.Uses < 0, "uses", "application.uses")
	add(!slices.Contains(Places, f.Place), "place", "application.place")
	add(f.Place == "outside" && f.Party == nil, "party", "application.party")
}

func (f Form) missingSafety(add func(bool, string, string, ...any), n Needs, p catalogue.Purpose) {
	if f.Party != nil {
		add(!slices.Contains(PartyKinds, f.Party.Kind) || !wordy(f.Party.Name, MaxTitle), "party", "application.party")
		add(n.Agreement && (!wordy(f.Party.Agreement, MaxTitle) || f.Party.Document == [32]byte{}), "agreement", "application.agreement")
	}
	add(n.Consent && p.Basis != catalogue.Consent, "purpose", "application.separate_consent")
	add(len(f.Safeguards) == 0, "safeguards", "application.safeguards")
	for _, s := range f.Safeguards {
		add(!slices.Contains(Safeguards, s), "safeguards", "application.safeguards")
	}
	add(!f.Pledge, "pledge", "application.pledge")
	add(n.Assessment && len(f.Harms) == 0, "harms", "application.harms")
	for _, h := range f.Harms {
		add(!slices.Contains(Harms, h.Harm) || !slices.Contains(Grades, h.Likely) || !slices.Contains(Grades, h.Severe) ||
			!wordy(h.Response, MaxWords), "harms", "application.harm")
		add(personal(h.Response), "harms", "application.number")
	}
}

// wordy reports whether a text has something in it and is not too long.
func wordy(s string, most int) bool {
	n := 0
	for _, r := range s {
		if n++; !unicode.IsPrint(r) && r != '\n' && r != '\r' {
			return false
		}
	}
	return strings.TrimSpace(s) != "" && n <= most
}

// personal reports whether a text holds a number as long as a phone's or an
// identity card's, separators set aside, or anything else that the engine knows
// to be somebody's (S3-04): it does not belong in an application.
func personal(s string) bool {
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9' || r >= '０' && r <= '９':
			if digits++; digits >= 7 {
				return true
			}
		case r == ' ' || r == '-' || r == '－' || r == '\u00a0':
		default:
			digits = 0
		}
	}
	return note.Check("", s) != nil
}

// facts fills in what the form itself tells of the facts.
func (f Form) facts(x Facts) Facts {
	x.Clear, x.Outside, x.Elsewhere = f.Clear, f.Party != nil, f.Place.elsewhere()
	x.Sensitive = slices.ContainsFunc(f.Fields, func(code string) bool {
		field, err := catalogue.FieldByCode(code)
		return err != nil || field.Sensitive(civil.Adult)
	})
	if f.Range == RangeStore || f.Range == RangeClass {
		x.Store = f.Store
	}
	return x
}

// sealPaper is the hash of all that is decided on: form, people, route.
func sealPaper(f Form, subjects []id.Subject, steps []Step) [32]byte {
	h := sha256.New()
	for _, part := range []any{f, subjects, steps} {
		b, err := json.Marshal(part)
		if err != nil {
			panic(err) // plain values of our own
		}
		h.Write(b)
		h.Write([]byte{0})
	}
	return [32]byte(h.Sum(nil))
}
