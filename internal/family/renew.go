package family

import (
	"context"
	"slices"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

// A new version of the notice is shown at the next sign-in. Until the person has
// answered it, yes or no, nothing of the record is shown: Child, Home, Copy and
// Correct fail with fault.ConsentNeeded, family.notice. Withdraw, Erase and
// Looks work all the same, because stopping and asking need no reading first.
// Either answer opens the record, and "no" changes nothing else (S0-18, S0-30).

// shows are the acts that show or change personal information.
var shows = map[policy.Act]bool{policy.SubjectView: true, policy.SubjectCopy: true, policy.SubjectCorrect: true}

// News returns the notice that the actor has to answer first; ok is false if
// there is none.
func (s *Service) News(ctx context.Context, a actor.Actor) (n catalogue.Notice, ok bool, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		if n, err = s.current(tx, a); err != nil {
			return err
		}
		seen, err := answered(tx, a, n.ID)
		ok = !seen
		return err
	})
	return n, ok, err
}

// Reply is the answer to a notice: which one, in which language it was shown,
// and the page as rendered with both answers on it.
type Reply struct {
	Notice   id.Notice
	Language string
	Screen   [32]byte
	Accept   bool
}

// Answer records the answer. Conflict family.notice_newer if the notice is no
// longer the newest: what was read is not what is in force. Answering twice
// changes nothing.
func (s *Service) Answer(ctx context.Context, a actor.Actor, r Reply) (gate.Outcome, error) {
	act, kind := policy.ConsentRefuse, ledger.NoticeDeclined
	if r.Accept {
		act, kind = policy.ConsentGive, ledger.NoticeAccepted
	}
	return s.Gate.Do(ctx, ask(a, act, a.Subject), func(tx *db.Tx, c *gate.Case) error {
		own, err := subject.LoadOwn(tx, a.Institution, a.Subject)
		if err != nil {
			return err
		}
		c.Store, c.Facts.OwnChild, c.Facts.OwnSelf = own.Store, true, true
		c.Facts.Erased = own.State == subject.Erased
		// What one has read oneself, one answers oneself, at any age.
		c.Facts.Authority = policy.AuthorityBoth
		return nil
	}, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		n, err := s.current(tx, a)
		if err != nil {
			return err
		}
		if n.ID != r.Notice {
			return fault.New(fault.Conflict, "family.notice_newer")
		}
		c.Type, c.Ref, c.Hash = kind, n.ID.String(), n.Hash(r.Language)
		done, err := answered(tx, a, n.ID)
		if err != nil || done {
			return err
		}
		return consent.Reply(tx, a.Institution, consent.Answer{By: a.Subject, Party: party(a), Accept: r.Accept,
			Evidence: consent.EvidenceOf(n, r.Language, r.Screen, consent.ProofSession)})
	})
}

// informed fails if the act shows personal information and the actor has a
// notice to answer first.
func (s *Service) informed(tx *db.Tx, c *gate.Case) error {
	if !shows[c.Act] || !c.Facts.OwnChild && !c.Facts.OwnSelf {
		return nil
	}
	n, err := s.current(tx, c.Actor)
	if err != nil {
		return err
	}
	seen, err := answered(tx, c.Actor, n.ID)
	if err == nil && !seen {
		err = fault.New(fault.ConsentNeeded, "family.notice")
	}
	return err
}

// current is the notice in force for what the actor is here for: that of trial
// lessons as long as there is nothing else, otherwise that of enrolment.
func (s *Service) current(tx *db.Tx, a actor.Actor) (catalogue.Notice, error) {
	children, err := family(tx, a)
	if err != nil {
		return catalogue.Notice{}, err
	}
	code := catalogue.EnrolmentNotice
	for i, child := range children {
		all, err := enrol.OfChild(tx, a.Institution, child)
		if err != nil {
			return catalogue.Notice{}, err
		}
		tries := len(all) > 0 && !slices.ContainsFunc(all, func(e enrol.Enrolment) bool { return e.State != enrol.Trial })
		if !tries {
			code = catalogue.EnrolmentNotice
			break
		}
		if i == 0 {
			code = catalogue.TrialNotice
		}
	}
	return s.Catalogue.CurrentNotice(tx, a.Institution, code)
}

// family lists the children whose records the actor acts for.
func family(tx *db.Tx, a actor.Actor) ([]id.Subject, error) {
	if a.Role != actor.Guardian {
		return []id.Subject{a.Subject}, nil
	}
	return subject.OwnChildren(tx, a.Institution, a.Subject)
}

// answered reports whether the actor has answered a notice: in the own record,
// by a decision for one of the children, or by going on past it to enrol one.
func answered(tx *db.Tx, a actor.Actor, n id.Notice) (bool, error) {
	done, err := consent.Answered(tx, a.Institution, a.Subject, a.Subject, n)
	if err != nil || done || a.Role != actor.Guardian {
		return done, err
	}
	children, err := subject.OwnChildren(tx, a.Institution, a.Subject)
	if err != nil {
		return false, err
	}
	for _, child := range children {
		if done, err = consent.Answered(tx, a.Institution, child, a.Subject, n); err != nil || done {
			return done, err
		}
		enrolments, err := enrol.OfChild(tx, a.Institution, child)
		if err != nil {
			return false, err
		}
		for _, e := range enrolments {
			// A roster has no browser: nobody has read anything yet.
			if e.Guardian == a.Subject && e.Notice == n && e.Browser != [32]byte{} {
				return true, nil
			}
		}
	}
	return false, nil
}
