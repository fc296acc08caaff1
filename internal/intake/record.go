package intake

import (
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/roster"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// known is the code of a line whose learner is held already.
const known = "intake.known"

// writer turns the lines of one portion into records, in one transaction.
type writer struct {
	s      *Service
	tx     *db.Tx
	permit seal.Permit
	run    *run
	batch  *Batch
	made   int
}

func (w *writer) all(rows []learner) error {
	first, later, err := w.strangers(rows)
	if err != nil {
		return err
	}
	if err := w.together(first); err != nil {
		return err
	}
	var twice []roster.Problem
	for _, x := range later {
		fresh, err := w.one(x)
		if err != nil {
			return err
		}
		if fresh {
			w.made++
		} else {
			twice = append(twice, roster.Problem{Row: x.line, Code: known, Notice: true})
		}
	}
	if len(rows) > 0 {
		w.batch.Mark = rows[len(rows)-1].line
	}
	w.batch.Made += w.made
	w.batch.Known += len(twice)
	return putProblems(w.tx, *w.batch, twice)
}

// one records the learner of a line and reports whether it was new. What is held
// already came from its own source, and no import writes over it (S3-29).
func (w *writer) one(x *learner) (fresh bool, err error) {
	guardian, err := w.find(x)
	if err != nil {
		return false, err
	}
	if guardian.IsZero() {
		guardian = x.guardian.ID()
		if err := x.guardian.Save(w.tx); err != nil {
			return false, err
		}
	} else if twice, err := w.has(guardian, x.values[subject.LearnerName]); err != nil || twice {
		return false, err
	}
	if err := x.child.Save(w.tx); err != nil {
		return false, err
	}
	if err := subject.Bind(w.tx, w.batch.Institution, w.tie(x, guardian)); err != nil {
		return false, err
	}
	return true, w.enrol(x, guardian)
}

func (w *writer) tie(x *learner, guardian id.Subject) subject.Tie {
	return subject.Tie{Guardian: guardian, Child: x.child.ID(), Relation: "guardian", Evidence: w.evidence(), Since: w.tx.Now()}
}

// evidence is the level at which a family tie is proved: a signed form was seen
// by staff (G2); a list proves no more than that somebody wrote it (G0).
func (w *writer) evidence() string {
	if w.batch.Consents() {
		return "G2"
	}
	return "G0"
}

// find returns the guardian with this phone and this name, or zero.
func (w *writer) find(x *learner) (id.Subject, error) {
	list, err := subject.ByToken(w.tx, w.batch.Institution, subject.GuardianPhone, x.guardian.Token(subject.GuardianPhone))
	if err != nil {
		return id.Subject{}, err
	}
	for _, g := range list {
		if is, err := w.named(g.ID, subject.GuardianName, x.values[subject.GuardianName]); err != nil || is {
			return g.ID, err
		}
	}
	return id.Subject{}, nil
}

// has reports whether a guardian has a child of this name already.
func (w *writer) has(guardian id.Subject, name secret.Text) (bool, error) {
	children, err := subject.Children(w.tx, w.batch.Institution, guardian)
	if err != nil {
		return false, err
	}
	for _, c := range children {
		if is, err := w.named(c, subject.LearnerName, name); err != nil || is {
			return is, err
		}
	}
	return false, nil
}

// named compares inside the transaction; what is opened goes no further. A
// restriction does not close it, for storing twice is not storing once.
func (w *writer) named(subj id.Subject, field string, name secret.Text) (bool, error) {
	v, err := subject.OpenOwn(w.tx, w.s.Gate.Vault, w.permit, w.batch.Institution, subj, field)
	return err == nil && same(v, name), err
}

// enrolment is that of a line, waiting.
func (w *writer) enrolment(x *learner, guardian id.Subject) enrol.Enrolment {
	return enrol.Enrolment{Institution: w.batch.Institution, Store: w.batch.Store, Clerk: w.batch.By, State: enrol.Waiting,
		Notice: w.batch.Notice, PhoneToken: x.guardian.Token(subject.GuardianPhone), Child: x.child.ID(), Guardian: guardian}
}

// enrol records the enrolment, and the family's consent if a form proves it.
func (w *writer) enrol(x *learner, guardian id.Subject) error {
	e := w.enrolment(x, guardian)
	waiting := true
	if w.batch.Consents() {
		var err error
		if waiting, err = w.paper(x, guardian); err != nil {
			return err
		}
	}
	if !waiting {
		e.State = enrol.Enrolled
	}
	_, err := enrol.Record(w.tx, e, w.s.Rand)
	return err
}

// paper records what a signed form proves and reports whether the child's own
// word is still missing.
func (w *writer) paper(x *learner, guardian id.Subject) (waiting bool, err error) {
	d, waiting, speaks := w.decision(x, guardian)
	if speaks {
		if _, err := consent.Decide(w.tx, w.batch.Institution, d); err != nil {
			return false, err
		}
	}
	if waiting { // the day may have changed since the record was sealed
		return true, subject.Restrict(w.tx, w.batch.Institution, x.child.ID())
	}
	return false, nil
}

// decision is what a signed form proves: the guardian's word for what the service
// needs, where the guardian may speak. What the form leaves open is neither agreed
// to nor refused. waiting: the child's own word is missing.
func (w *writer) decision(x *learner, guardian id.Subject) (d consent.Decision, waiting, speaks bool) {
	needs := consent.Needs(x.birth, civil.DateOf(w.tx.Now()), consent.Able)
	waiting = needs&consent.ByChild != 0
	if needs&consent.ByGuardian == 0 || len(w.run.required) == 0 {
		return d, waiting, false
	}
	ev := consent.EvidenceOf(w.run.notice, formLanguage, w.batch.Document.Hash, consent.ProofPaper)
	ev.Ref = w.batch.Document.Code + "#" + line(x.line)
	return consent.Decision{Subject: x.child.ID(), Party: consent.PartyGuardian, By: guardian, Give: w.run.required,
		Needs: needs, Notice: w.run.notice, Evidence: ev}, waiting, true
}

// formLanguage is the language of the printed forms.
const formLanguage = "zh-CN"
