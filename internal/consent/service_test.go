package consent_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"pgregory.net/rapid"
)

var (
	inst     = id.Make[id.Institution](start)
	child    = id.Make[id.Subject](start)
	guardian = id.Make[id.Subject](start)
)

var required = []string{"learner.manage", "course.deliver", "contact.class"}
var optional = []string{"photo.wall", "survey"}

func notice() catalogue.Notice {
	n := catalogue.DefaultNotice("晨星培训中心", "电话021-00000000", "王老师，电话021-00000001", catalogue.DefaultPurposes())
	n.ID = id.Make[id.Notice](start)
	return n
}

var shown = notice()

// decision is a complete and correct one by a guardian of a child under 14.
func decision(change ...func(*consent.Decision)) consent.Decision {
	d := consent.Decision{
		Subject: child, Party: consent.PartyGuardian, By: guardian, Give: required, Refuse: optional,
		Needs: consent.ByGuardian, Notice: shown,
		Evidence: consent.EvidenceOf(shown, "zh-CN", [32]byte{1}, consent.ProofSMS),
	}
	for _, f := range change {
		f(&d)
	}
	return d
}

func byChild(needs consent.Parts) func(*consent.Decision) {
	return func(d *consent.Decision) { d.Party, d.By, d.Needs = consent.PartyChild, child, needs }
}

// clocked runs fn on both engines with a clock that fn may move.
func clocked(t *testing.T, fn func(t *testing.T, d *db.DB, now *time.Time)) {
	now := start
	dbtest.EachWith(t, db.Config{Now: func() time.Time { return now }}, func(t *testing.T, d *db.DB) {
		now = start
		update(t, d, func(tx *db.Tx) error { return record(tx, child) })
		fn(t, d, &now)
	})
}

func update(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Update(t.Context(), inst, fn); err != nil {
		t.Fatal(err)
	}
}

func live(t *testing.T, d *db.DB, purpose string) (s consent.State) {
	t.Helper()
	update(t, d, func(tx *db.Tx) (err error) {
		s, err = consent.Live(tx, inst, child, purpose)
		return err
	})
	return s
}

func TestADecisionIsRecordedOnlyIfItProvesItself(t *testing.T) { // S2-16, S2-17, S3-55, S0-18, B6
	for _, c := range []struct {
		name, code string
		kind       fault.Kind
		d          consent.Decision
	}{
		{"complete", "", "", decision()},
		{"refusing everything", "", "", decision(func(d *consent.Decision) { d.Give, d.Refuse = nil, append(required, optional...) })},
		{"a child of 13y364d alone S2-16", "consent.not_authorised", fault.Denied, decision(byChild(consent.ByGuardian))},
		{"a guardian of a child of 14 S2-17", "consent.guardian_informed_only", fault.Denied,
			decision(func(d *consent.Decision) { d.Needs = consent.ByChild | consent.Informed })},
		{"nobody", "consent.party", fault.Invalid, decision(func(d *consent.Decision) { d.By = id.Subject{} })},
		{"an institution", "consent.party", fault.Invalid, decision(func(d *consent.Decision) { d.Party = consent.PartyInstitution })},
		{"nothing", "consent.nothing", fault.Invalid, decision(func(d *consent.Decision) { d.Give, d.Refuse = nil, nil })},
		{"yes and no", "consent.both_ways", fault.Invalid, decision(func(d *consent.Decision) { d.Refuse = required })},
		{"never asked", "consent.not_asked", fault.Invalid, decision(func(d *consent.Decision) { d.Give = []string{"marketing"} })},
		{"another text", "consent.notice", fault.Invalid, decision(func(d *consent.Decision) { d.Hash[0]++ })},
		{"another notice", "consent.notice", fault.Invalid, decision(func(d *consent.Decision) { d.Evidence.Notice = id.Make[id.Notice](start) })},
		{"a language not shown", "consent.notice", fault.Invalid, decision(func(d *consent.Decision) { d.Language = "fr" })},
		{"no screen", "consent.screen", fault.Invalid, decision(func(d *consent.Decision) { d.Screen = [32]byte{} })},
		{"no proof", "consent.proof", fault.Invalid, decision(func(d *consent.Decision) { d.Proof = consent.ProofNone })},
	} {
		if err := c.d.Check(); fault.CodeOf(err) != c.code || fault.KindOf(err) != c.kind {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
}

// One tick for two purposes cannot be answered by halves.
func TestABundledTickIsAnsweredAsAWhole(t *testing.T) { // S3-55
	n := shown
	n.Asks = []catalogue.Ask{{Purposes: []string{"survey", "contact.class"}}}
	d := decision(func(d *consent.Decision) {
		d.Notice, d.Give, d.Refuse = n, []string{"survey"}, nil
		d.Evidence = consent.EvidenceOf(n, "zh-CN", [32]byte{1}, consent.ProofSMS)
	})
	if err := d.Check(); fault.CodeOf(err) != "consent.bundled" {
		t.Errorf("got %v", err)
	}
}

// S0-30, B6: refusing every optional purpose ends in the same enrolment.
func TestGivingRefusingAndStopping(t *testing.T) { // S0-30, S2-16, S3-13, B6
	clocked(t, func(t *testing.T, d *db.DB, now *time.Time) {
		if s := live(t, d, "learner.manage"); s != consent.StateNone {
			t.Errorf("before anything: %s", s)
		}
		update(t, d, func(tx *db.Tx) error { _, err := consent.Decide(tx, inst, decision()); return err })
		for _, p := range required {
			if s := live(t, d, p); s != consent.StateLive {
				t.Errorf("%s: %s", p, s)
			}
		}
		for _, p := range optional {
			if s := live(t, d, p); s != consent.StateRefused {
				t.Errorf("%s: %s", p, s)
			}
		}
		update(t, d, func(tx *db.Tx) error {
			return consent.Withdraw(tx, inst, consent.Withdrawal{
				Subject: child, Party: consent.PartyGuardian, By: guardian, Purposes: []string{"contact.class", "never.given"}, Proof: consent.ProofSession,
			})
		})
		if s := live(t, d, "contact.class"); s != consent.StateWithdrawn {
			t.Errorf("after stopping: %s", s)
		}
		if s := live(t, d, "learner.manage"); s != consent.StateLive {
			t.Errorf("stopping one purpose stopped another: %s", s)
		}
		if s := live(t, d, "never.given"); s != consent.StateNone {
			t.Errorf("stopping what never was: %s", s)
		}
	})
}

// NDR art. 22(5), B6: no asking again for thirty days; the family may.
func TestARefusalIsNotAskedAgainForThirtyDaysB6(t *testing.T) { // B6
	clocked(t, func(t *testing.T, d *db.DB, now *time.Time) {
		update(t, d, func(tx *db.Tx) error { _, err := consent.Decide(tx, inst, decision()); return err })
		ask := func(purpose string) (err error) {
			update(t, d, func(tx *db.Tx) error { err = consent.MayAsk(tx, inst, child, purpose); return nil })
			return err
		}
		if err := ask("survey"); !errors.Is(err, fault.Limited) || fault.CodeOf(err) != "consent.cooling_off" {
			t.Errorf("at once: %v", err)
		}
		if err := ask("learner.manage"); err != nil {
			t.Errorf("what was agreed to: %v", err)
		}
		*now = day(t, "2026-12-22").End().Add(-time.Millisecond)
		if err := ask("survey"); !errors.Is(err, fault.Limited) {
			t.Errorf("on the thirtieth day: %v", err)
		}
		*now = day(t, "2026-12-22").End()
		if err := ask("survey"); err != nil {
			t.Errorf("on the day after: %v", err)
		}
		*now = start.Add(time.Hour)
		again := decision(func(d *consent.Decision) { d.Give, d.Refuse = []string{"survey"}, nil })
		update(t, d, func(tx *db.Tx) error { _, err := consent.Decide(tx, inst, again); return err })
		if s := live(t, d, "survey"); s != consent.StateLive {
			t.Errorf("the family changed its mind: %s", s)
		}
	})
}

// Part 6: a child of 15 says yes, the guardian is not informed: pending.
func TestFrom14BothEventsAreNeededS2_17(t *testing.T) { // S2-17
	clocked(t, func(t *testing.T, d *db.DB, now *time.Time) {
		needs := consent.Needs(birth(t, "2011-10"), civil.DateOf(start), consent.Able)
		var c id.Consent
		update(t, d, func(tx *db.Tx) (err error) {
			c, err = consent.Decide(tx, inst, decision(byChild(needs)))
			return err
		})
		if s := live(t, d, "learner.manage"); s != consent.StatePending {
			t.Errorf("guardian not informed: %s", s)
		}
		err := d.Update(t.Context(), inst, func(tx *db.Tx) error { return consent.Inform(tx, inst, child, c, "") })
		if fault.CodeOf(err) != "consent.inform_ref" {
			t.Errorf("informed without saying how: %v", err)
		}
		update(t, d, func(tx *db.Tx) error { return consent.Object(tx, inst, child, guardian, required) })
		update(t, d, func(tx *db.Tx) error { return consent.Inform(tx, inst, child, c, "msg_1") })
		if s := live(t, d, "learner.manage"); s != consent.StateLive {
			t.Errorf("guardian informed: %s", s)
		}
		update(t, d, func(tx *db.Tx) error {
			all, err := consent.Standings(tx, inst, child)
			i := slices.IndexFunc(all, func(s consent.Standing) bool { return s.Purpose == "learner.manage" })
			if i < 0 || !all[i].Objected {
				t.Error("the guardian's objection is not on file for review")
			}
			return err
		})
	})
}

func TestInTheMonthOfTurning14BothMustAgree(t *testing.T) { // B1, I6
	clocked(t, func(t *testing.T, d *db.DB, now *time.Time) {
		needs := consent.Needs(birth(t, "2012-11"), civil.DateOf(start), consent.Able)
		var c id.Consent
		update(t, d, func(tx *db.Tx) (err error) {
			c, err = consent.Decide(tx, inst, decision(func(d *consent.Decision) { d.Needs = needs }))
			return err
		})
		if s := live(t, d, "learner.manage"); s != consent.StatePending {
			t.Errorf("the child has not spoken: %s", s)
		}
		join := decision(byChild(needs), func(d *consent.Decision) { d.Joins, d.Refuse = c, nil })
		update(t, d, func(tx *db.Tx) error { _, err := consent.Decide(tx, inst, join); return err })
		if s := live(t, d, "learner.manage"); s != consent.StateLive {
			t.Errorf("both have spoken: %s", s)
		}
		err := d.Update(t.Context(), inst, func(tx *db.Tx) error { _, err := consent.Decide(tx, inst, join); return err })
		if fault.CodeOf(err) != "consent.not_open" {
			t.Errorf("joining twice: %v", err)
		}
		// After the month it goes on: the child itself agreed.
		*now = day(t, "2026-12-01").Start()
		update(t, d, func(tx *db.Tx) error {
			ended, err := consent.HandOver(tx, inst, child, birth(t, "2012-11"), consent.Able)
			if len(ended) > 0 {
				t.Errorf("ended %v", ended)
			}
			return err
		})
		if s := live(t, d, "learner.manage"); s != consent.StateLive {
			t.Errorf("after the handover: %s", s)
		}
	})
}

// B1: at 14 a guardian's consent expires, on the day and not before.
func TestAGuardiansConsentExpiresAtTheHandoverB1(t *testing.T) { // B1, I6
	clocked(t, func(t *testing.T, d *db.DB, now *time.Time) {
		born := birth(t, "2012-12")
		update(t, d, func(tx *db.Tx) error { _, err := consent.Decide(tx, inst, decision()); return err })
		sweep := func() (ended []string) {
			update(t, d, func(tx *db.Tx) error {
				found, err := consent.Candidates(tx, inst, id.Subject{}, 10)
				if err != nil || !slices.Equal(found, []id.Subject{child}) && len(found) > 0 {
					t.Errorf("%d candidates, %v", len(found), err)
				}
				if len(found) > 0 {
					ended, err = consent.HandOver(tx, inst, child, born, consent.Able)
				}
				return err
			})
			return ended
		}
		*now = day(t, "2026-12-31").End().Add(-time.Millisecond)
		if ended := sweep(); len(ended) > 0 {
			t.Errorf("ended %v a moment too early", ended)
		}
		*now = day(t, "2027-01-01").Start()
		if ended := sweep(); len(ended) != 3 {
			t.Errorf("ended %v", ended)
		}
		if s := live(t, d, "learner.manage"); s != consent.StateExpired {
			t.Errorf("after the handover: %s", s)
		}
		if ended := sweep(); len(ended) > 0 {
			t.Errorf("ended %v a second time", ended)
		}
		update(t, d, func(tx *db.Tx) error {
			if on, err := consent.SweptOn(tx, inst); err != nil || !on.IsZero() {
				t.Errorf("swept on %s, %v", on, err)
			}
			if err := consent.SetSwept(tx, inst, day(t, "2027-01-01")); err != nil {
				return err
			}
			on, err := consent.SweptOn(tx, inst)
			if on.String() != "2027-01-01" {
				t.Errorf("swept on %s", on)
			}
			return err
		})
	})
}

func TestADisputeHoldsEverythingUntilItIsSettled(t *testing.T) {
	clocked(t, func(t *testing.T, d *db.DB, now *time.Time) {
		update(t, d, func(tx *db.Tx) error { _, err := consent.Decide(tx, inst, decision()); return err })
		update(t, d, func(tx *db.Tx) error { return consent.Restrict(tx, inst, child, "case 1") })
		if s := live(t, d, "learner.manage"); s != consent.StateRestricted {
			t.Errorf("in dispute: %s", s)
		}
		update(t, d, func(tx *db.Tx) error { return consent.Release(tx, inst, child, "case 1") })
		if s := live(t, d, "learner.manage"); s != consent.StateLive {
			t.Errorf("settled: %s", s)
		}
	})
}

// A clock that jumps back must not sort a withdrawal before what it withdraws.
func TestAClockThatGoesBackReordersNothing(t *testing.T) { // B15
	clocked(t, func(t *testing.T, d *db.DB, now *time.Time) {
		update(t, d, func(tx *db.Tx) error { _, err := consent.Decide(tx, inst, decision()); return err })
		*now = start.Add(-time.Hour)
		update(t, d, func(tx *db.Tx) error {
			return consent.Withdraw(tx, inst, consent.Withdrawal{
				Subject: child, Party: consent.PartyGuardian, By: guardian, Purposes: required, Proof: consent.ProofSession,
			})
		})
		if s := live(t, d, "learner.manage"); s != consent.StateWithdrawn {
			t.Errorf("got %s", s)
		}
	})
}

func TestTheLedgerOnlyGrowsAndOutlivesTheSubject(t *testing.T) { // I11, B12
	clocked(t, func(t *testing.T, d *db.DB, now *time.Time) {
		update(t, d, func(tx *db.Tx) error { _, err := consent.Decide(tx, inst, decision()); return err })
		update(t, d, func(tx *db.Tx) error { return consent.Forget(tx, inst, child) })
		if s := live(t, d, "learner.manage"); s != consent.StateNone {
			t.Errorf("after erasure: %s", s)
		}
		update(t, d, func(tx *db.Tx) error {
			events, err := consent.Events(tx, inst, child)
			if len(events) != 2 || events[0].Hash != shown.Hash("zh-CN") {
				t.Errorf("%d events are left", len(events))
			}
			return err
		})
		for _, attack := range []string{`UPDATE consent_event SET kind = 'given'`, `DELETE FROM consent_event`} {
			err := d.Update(t.Context(), inst, func(tx *db.Tx) error { _, err := tx.Exec(attack); return err })
			if err == nil {
				t.Errorf("%s went through", attack)
			}
		}
	})
}

// The derived row equals the fold after any history of real acts, and can be
// rebuilt.
func TestTheDerivedStateIsAlwaysTheFold(t *testing.T) { // I6, B15
	clocked(t, func(t *testing.T, d *db.DB, now *time.Time) {
		rapid.Check(t, func(rt *rapid.T) {
			subj := id.Make[id.Subject](start)
			update(t, d, func(tx *db.Tx) error { return record(tx, subj) })
			parts := rapid.SampledFrom([]consent.Parts{consent.ByGuardian, consent.ByGuardian | consent.ByChild, consent.ByChild | consent.Informed})
			acts := rapid.SliceOfN(rapid.IntRange(0, 7), 1, 6).Draw(rt, "acts")
			var last id.Consent
			for _, act := range acts {
				needs := parts.Draw(rt, "needs")
				dec := decision(func(d *consent.Decision) { d.Subject, d.Needs = subj, needs })
				if needs&consent.ByGuardian == 0 {
					byChild(needs)(&dec)
				}
				_ = d.Update(t.Context(), inst, func(tx *db.Tx) (err error) { // a refused act is part of the history
					switch act {
					case 0, 1:
						last, err = consent.Decide(tx, inst, dec)
					case 2:
						dec.Joins, dec.Party, dec.By, dec.Refuse = last, consent.PartyChild, subj, nil
						_, err = consent.Decide(tx, inst, dec)
					case 3:
						err = consent.Withdraw(tx, inst, consent.Withdrawal{Subject: subj, Party: consent.PartyGuardian, By: guardian, Purposes: required[:1], Proof: consent.ProofSMS})
					case 4:
						err = consent.Inform(tx, inst, subj, last, "msg")
					case 5:
						err = consent.Restrict(tx, inst, subj, "case")
					case 6:
						err = consent.Release(tx, inst, subj, "case")
					case 7:
						_, err = consent.HandOver(tx, inst, subj, civil.BornIn(civil.MustDate(2010, 1, 1).YearMonth()), consent.Able)
					}
					return err
				})
			}
			if err := d.Update(t.Context(), inst, func(tx *db.Tx) error { return compare(rt, tx, subj) }); err != nil {
				rt.Fatal(err)
			}
		})
	})
}

func compare(t *rapid.T, tx *db.Tx, subj id.Subject) error {
	want, err := consent.Standings(tx, inst, subj)
	if err != nil {
		return err
	}
	for _, rebuild := range []bool{false, true} {
		if rebuild {
			if err := consent.Rebuild(tx, inst, subj); err != nil {
				return err
			}
		}
		packed, err := consent.PackedOf(tx, inst, subj)
		if err != nil {
			return err
		}
		brief, err := consent.StandingsIn(packed)
		if err != nil {
			return err
		}
		guarded := false
		for _, s := range want {
			if shown := slices.ContainsFunc(brief, func(b consent.Standing) bool {
				return b.Purpose == s.Purpose && b.State == s.State && b.Since.Equal(s.Since)
			}); shown != (s.State != consent.StateNone) {
				t.Fatalf("rebuilt %v: %s is %q by the fold, in brief: %v", rebuild, s.Purpose, s.State, brief)
			}
			got, err := consent.Derived(tx, inst, subj, s.Purpose)
			if err != nil {
				return err
			}
			if got.State != s.State || s.State != consent.StateNone && !got.Since.Equal(s.Since) {
				t.Fatalf("rebuilt %v: %s is %q in the row and %q by the fold", rebuild, s.Purpose, got.State, s.State)
			}
			switch s.State {
			case consent.StateLive, consent.StatePending, consent.StateRestricted:
				guarded = guarded || s.Needs&consent.ByGuardian != 0
			}
		}
		found, err := consent.Candidates(tx, inst, before(subj), 1)
		if err != nil {
			return err
		}
		if slices.Contains(found, subj) != guarded {
			t.Fatalf("rebuilt %v: a candidate for the handover %v, want %v", rebuild, !guarded, guarded)
		}
	}
	return nil
}

// before returns the identifier just below s.
func before(s id.Subject) id.Subject {
	b := slices.Clone(s.Bytes())
	for i := len(b) - 1; i >= 0; i-- {
		b[i]--
		if b[i] != 0xff {
			break
		}
	}
	below, err := id.FromBytes[id.Subject](b)
	if err != nil {
		panic(err) // 16 bytes stay 16 bytes
	}
	return below
}

func TestADamagedRowIsAnErrorAndNeverAState(t *testing.T) { // I6
	clocked(t, func(t *testing.T, d *db.DB, now *time.Time) {
		update(t, d, func(tx *db.Tx) error { _, err := consent.Decide(tx, inst, decision()); return err })
		for _, damage := range []string{"learner.manage", "learner.manage:live", "learner.manage:live:soon", "x"} {
			err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
				if _, err := tx.Exec(`UPDATE subject SET standings = $1`, damage); err != nil {
					return err
				}
				if _, err := consent.StandingsIn(damage); err == nil {
					t.Errorf("%q was read as states", damage)
				}
				_, err := consent.Live(tx, inst, child, "learner.manage")
				return err
			})
			if err == nil {
				t.Errorf("%q was read as a state", damage)
			}
		}
		update(t, d, func(tx *db.Tx) error { return consent.Rebuild(tx, inst, child) })
		if s := live(t, d, "learner.manage"); s != consent.StateLive {
			t.Errorf("rebuilt: %s", s)
		}
	})
}

// Part 4, behaviour 1: a child that cannot express a will stays with the guardian.
func TestNothingPassesToAChildThatCannotExpressAWillS2_20(t *testing.T) { // S2-20†, B1
	clocked(t, func(t *testing.T, d *db.DB, now *time.Time) {
		update(t, d, func(tx *db.Tx) error { _, err := consent.Decide(tx, inst, decision()); return err })
		update(t, d, func(tx *db.Tx) error {
			ended, err := consent.HandOver(tx, inst, child, birth(t, "2010-01"), consent.Unable)
			if len(ended) > 0 {
				t.Errorf("ended %v", ended)
			}
			return err
		})
		if s := live(t, d, "learner.manage"); s != consent.StateLive {
			t.Errorf("got %s", s)
		}
	})
}
