package desk_test

import (
	"slices"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/family"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// four are the fields whose masks stand on a card.
var four = []string{subject.GuardianName, subject.GuardianPhone, subject.LearnerBirth, subject.LearnerName}

// TestAFamilySeesThatItWasFoundAndWhatWasShown (I1, S2-08, S3-24): to be found by
// phone or receipt is a look, although every value is masked; the entry names
// every field that was shown so, and it is the family's to see.
func TestAFamilySeesThatItWasFoundAndWhatWasShown(t *testing.T) {
	f := housetest.New(t)
	r := f.Enrol(1, "2018-05")
	clerk, guardian := f.As(actor.Clerk), f.Guardian(r.Guardian)
	find := func(q desk.Query) {
		t.Helper()
		cards, err := f.Desk.Find(t.Context(), clerk, q, "learner.manage")
		must(t, err)
		if len(cards) == 0 {
			t.Fatal("nobody was found")
		}
	}
	find(desk.Query{Phone: secret.NewText(housetest.Phone(1))})
	shown(t, f, guardian, r.Child, ledger.Search)
	find(desk.Query{Receipt: r.Number})
	shown(t, f, guardian, r.Child, ledger.Search)

	_, err := f.Desk.View(t.Context(), clerk, r.Child, "learner.manage")
	must(t, err)
	shown(t, f, guardian, r.Child, ledger.ViewMasked)
}

// shown checks the newest entry that the family sees of what staff did.
func shown(t *testing.T, f *housetest.Fixture, guardian actor.Actor, subj id.Subject, want ledger.Type) {
	t.Helper()
	var looks family.Looks
	looks, err := f.Family.Looks(t.Context(), guardian, subj, 0)
	must(t, err)
	i := slices.IndexFunc(looks.Entries, func(e ledger.Entry) bool { return e.Role == actor.Clerk })
	if i < 0 {
		t.Fatal("the family sees no look of the clerk")
	}
	if e := looks.Entries[i]; e.Type != want || !slices.Equal(e.Fields, four) {
		t.Errorf("the family sees %s of %v", e.Type, e.Fields)
	}
}

// TestAGuardianOfTwoSeesOneSearch (I1): a search that finds brothers and sisters
// is one entry, the guardian's.
func TestAGuardianOfTwoSeesOneSearch(t *testing.T) {
	f := housetest.New(t)
	first, _ := sisters(f)
	cards, err := f.Desk.Find(t.Context(), f.As(actor.Clerk), desk.Query{Phone: secret.NewText(housetest.Phone(1))}, "learner.manage")
	must(t, err)
	if len(cards) != 2 {
		t.Fatalf("%d children", len(cards))
	}
	shown(t, f, f.Guardian(first.Guardian), first.Guardian, ledger.Search)
}

// TestTwoFamiliesOfOneNumberEachSeeTheSearch (I1, S3-24): a number that came to
// other people finds both families, and both read who found them.
func TestTwoFamiliesOfOneNumberEachSeeTheSearch(t *testing.T) {
	f := housetest.New(t)
	first := f.Enrol(1, "2018-05")
	f.Advance(2 * time.Minute) // until another code may go to the phone
	form := housetest.Form(1, "2019-09")
	form.GuardianName = secret.NewText("欧阳示例")
	second, _ := f.EnrolWith(form, 1)
	cards, err := f.Desk.Find(t.Context(), f.As(actor.Clerk), desk.Query{Phone: secret.NewText(housetest.Phone(1))}, "learner.manage")
	must(t, err)
	if len(cards) != 2 || first.Guardian == second.Guardian {
		t.Fatalf("%d cards", len(cards))
	}
	shown(t, f, f.Guardian(first.Guardian), first.Child, ledger.Search)
	shown(t, f, f.Guardian(second.Guardian), second.Child, ledger.Search)
}

// TestACardShowsSurnamesAndHalfANumber (S3-46): 张*, 138****0000 unless a look is
// written down for more; one star whatever the length.
func TestACardShowsSurnamesAndHalfANumber(t *testing.T) {
	f := housetest.New(t)
	form := housetest.Form(1, "2018-05")
	form.LearnerName, form.GuardianName = secret.NewText("张小示"), secret.NewText("欧阳例")
	r, _ := f.EnrolWith(form, 1)
	card, err := f.Desk.View(t.Context(), f.As(actor.Clerk), r.Child, "learner.manage")
	must(t, err)
	if got := []string{card.Name, card.GuardianName, card.Phone, card.Birth}; !slices.Equal(got, []string{"张*", "欧阳*", "154****0001", "2018-**"}) {
		t.Errorf("the card shows %q", got)
	}
}
