package catalogue

import (
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/lang"
)

// EnrolmentNotice is the code of the notice that an enrolment shows.
const EnrolmentNotice = "enrolment"

// TrialNotice is the code of the notice for a trial lesson, before any enrolment,
// and TrialLesson that of the only purpose it asks for (S0-03).
const (
	TrialNotice = "trial"
	TrialLesson = "trial.lesson"
)

// TrialDays is how long what was given for a trial lesson is kept, from the day
// it was given, unless the family enrols.
const TrialDays = 30

// contractReference is the basis of what the service cannot be given without.
const contractReference = "training-service-contract"

// DefaultPurposes returns the purposes a new training institution starts with:
// three that its contract needs and two that families may choose, all on the
// pledge's four items. Marketing is not among them and cannot be put on these
// items (S0-04).
func DefaultPurposes() []Purpose {
	year, term := civil.Period{N: 12, Unit: civil.Months}, civil.Period{N: 3, Unit: civil.Months}
	base := Purpose{Required: true, Basis: Contract, Reference: contractReference, AfterExpiry: Delete, Schema: Minimal}
	manage, deliver, contact := base, base, base
	manage.Code, manage.Retention, manage.Fields = "learner.manage", year, minimalFields
	deliver.Code, deliver.Retention, deliver.Fields = "course.deliver", year, []string{"learner.name", "learner.birth_month"}
	contact.Code, contact.Retention, contact.Fields = "contact.class", term, []string{"learner.name", "guardian.name", "guardian.phone"}
	optional := Purpose{Basis: Consent, AfterExpiry: Delete, Schema: Minimal, Retention: term}
	photo, survey := optional, optional
	photo.Code, photo.Fields = "photo.wall", []string{"learner.name"}
	survey.Code, survey.Fields = "survey", []string{"guardian.phone"}
	return []Purpose{manage, deliver, contact, photo, survey}
}

// TrialPurpose returns the purpose of a trial lesson: one child, one lesson, thirty
// days, on a receipt of its own (S0-03).
func TrialPurpose() Purpose {
	return Purpose{Code: TrialLesson, Required: true, Basis: Contract, Reference: "trial-lesson-booking", AfterExpiry: Delete,
		Schema: Minimal, Retention: civil.Period{N: TrialDays, Unit: civil.Days}, Fields: minimalFields}
}

// DefaultNotice returns the enrolment notice of an institution in both
// languages, asking separately for each of the purposes. Contact and officer say
// how the institution and its officer for children's information are reached.
func DefaultNotice(controller, contact, officer string, purposes []Purpose) Notice {
	return noticeOf(EnrolmentNotice, controller, contact, officer, purposes)
}

// DefaultTrialNotice returns the notice for a trial lesson, likewise.
func DefaultTrialNotice(controller, contact, officer string) Notice {
	return noticeOf(TrialNotice, controller, contact, officer, []Purpose{TrialPurpose()})
}

func noticeOf(code, controller, contact, officer string, purposes []Purpose) Notice {
	n := Notice{Code: code, Controller: controller, Contact: contact, Officer: officer, Words: map[string]Words{}}
	for _, p := range purposes {
		ask := Ask{Purposes: []string{p.Code}, Fields: p.Fields}
		if p.Required && p.MayMarkMandatory() {
			ask.Mandatory = p.Fields
		}
		n.Asks = append(n.Asks, ask)
	}
	for _, tag := range lang.Tags {
		say := lang.For(tag)
		key := "notice." + code + "."
		w := Words{Title: say.T(key + "title"), Summary: say.T(key+"summary", controller)}
		for _, t := range Topics {
			w.Blocks = append(w.Blocks, Block{
				Topic: t,
				Plain: say.T(key+string(t), controller, contact, officer),
				Law:   say.T("law."+key+string(t), controller, contact, officer),
			})
		}
		n.Words[tag] = w
	}
	return n
}
