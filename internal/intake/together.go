package intake

import (
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/subject"
)

// Most lines of a roster are of families that nobody here has seen. They need no
// look at what is held, so a whole portion of them is written table by table: on
// PostgreSQL some eight round trips instead of a dozen a line.

// strangers splits a portion: lines whose phone is in no record and stands in the
// portion for the first time, and the others, which may be of a family that is
// held by then. Both stay in order.
func (w *writer) strangers(rows []learner) (first, later []*learner, err error) {
	tokens := make([][]byte, len(rows))
	for i := range rows {
		tokens[i] = rows[i].guardian.Token(subject.GuardianPhone)
	}
	seen, err := subject.Taken(w.tx, w.batch.Institution, subject.GuardianPhone, tokens)
	if err != nil {
		return nil, nil, err
	}
	for i := range rows {
		if key := string(tokens[i]); seen[key] {
			later = append(later, &rows[i])
		} else {
			seen[key] = true
			first = append(first, &rows[i])
		}
	}
	return first, later, nil
}

// together records the learners of lines that are all new.
func (w *writer) together(rows []*learner) error {
	var drafts []*subject.Draft
	var ties []subject.Tie
	var said []consent.Decision
	var enrolments []enrol.Enrolment
	var restrict []id.Subject
	for _, x := range rows {
		guardian := x.guardian.ID()
		drafts = append(drafts, x.guardian, x.child)
		ties = append(ties, w.tie(x, guardian))
		e := w.enrolment(x, guardian)
		if w.batch.Consents() {
			d, waiting, speaks := w.decision(x, guardian)
			if speaks {
				said = append(said, d)
			}
			if !waiting {
				e.State = enrol.Enrolled
			} else if x.child.State() != subject.Restricted { // the day has changed since the record was sealed
				restrict = append(restrict, x.child.ID())
			}
		}
		enrolments = append(enrolments, e)
	}
	inst := w.batch.Institution
	for _, step := range []func() error{
		func() error { return subject.SaveAll(w.tx, drafts) },
		func() error { return subject.BindAll(w.tx, inst, ties) },
		func() error { return consent.DecideFirst(w.tx, inst, said) },
		func() error { return enrol.RecordAll(w.tx, enrolments, w.s.Rand) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	for _, child := range restrict {
		if err := subject.Restrict(w.tx, inst, child); err != nil {
			return err
		}
	}
	w.made += len(rows)
	return nil
}
