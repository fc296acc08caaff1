package account_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/secret"
)

func benchHouse(b *testing.B) *house {
	c := &clock{at: time.Now()}
	return furnish(b, dbtest.OpenWith(b, db.Config{Now: c.Now, Flush: ledger.Flush}), c)
}

// S0-10, I8: an appointment needs two people, and neither is the appointed.
func TestAnAppointmentNeedsTwoPeople(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		manager, officer := h.staff("manager", actor.Manager), h.staff("officer", actor.Officer)
		second := h.staff("second", actor.Manager)
		s, invite, err := h.AddStaff(t.Context(), manager.Actor, account.NewStaff{Login: "li.na", Name: "李娜", Store: h.store,
			Roles: []actor.Role{actor.Clerk}})
		if err != nil || s.State != account.Invited || invite.Empty() || s.Holds(actor.Clerk) {
			t.Fatalf("got %+v, %v", s, err)
		}
		confirm := func(by actor.Actor) error { return h.Confirm(t.Context(), by, s.ID, actor.Clerk) }
		want(t, confirm(officer.Actor), "staff.not_joined", "before the person has joined")
		want(t, h.Accept(t.Context(), invite, text(goodPassword), secret.Text{}), "", "accept")
		want(t, h.try("li.na", goodPassword, secret.Text{}), "role.none", "before a second person")
		want(t, confirm(manager.Actor), "role.same_person", "the same person twice")
		self := actor.Actor{Institution: h.inst, Staff: s.ID, Role: actor.Officer, ProvedAt: h.Now()}
		want(t, confirm(self), "role.self", "oneself")
		want(t, confirm(second.Actor), "", "a second manager")
		want(t, confirm(officer.Actor), "role.not_pending", "once more")
		want(t, h.try("li.na", goodPassword, secret.Text{}), "", "after confirmation")
	})
}

// I8: nobody grants himself or herself a role, whatever roles are held.
func TestNobodyAppointsOneself(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		owner := h.staff("owner", actor.Owner)
		for _, r := range actor.Roles {
			want(t, h.Appoint(t.Context(), owner.Actor, owner.Actor.Staff, r), "role.self", string(r))
		}
		want(t, h.Remove(t.Context(), owner.Actor, owner.Actor.Staff), "role.self", "remove oneself")
		_, err := h.Reinvite(t.Context(), owner.Actor, owner.Actor.Staff)
		want(t, err, "role.self", "invite oneself")
		h.update(func(tx *db.Tx) error {
			want(t, h.RecordTraining(tx, owner.Actor, owner.Actor.Staff, h.Now().Add(time.Hour), [32]byte{1}), "role.self", "certify oneself")
			return nil
		})
	})
}

// I8, T38: whoever holds one account, in whatever role, and the invitations that
// this account makes, puts no role into force by any chain of acts.
func TestNoAccountAlonePutsARoleIntoForce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, role := range []actor.Role{actor.Owner, actor.Manager, actor.Officer, actor.SysAdmin, actor.Auditor, actor.Clerk} {
			insider := h.staff("insider-"+string(role), role)
			victim := h.staff("victim-"+string(role), actor.Clerk)
			inForce := func() int { return h.count(`SELECT count(*) FROM staff_role WHERE confirmed_at > 0`) }
			before, targets := inForce(), []id.Staff{insider.Actor.Staff, victim.Actor.Staff}
			for i, to := range actor.Roles {
				if s, invite, err := h.AddStaff(t.Context(), insider.Actor, account.NewStaff{Login: fmt.Sprint("straw", i, role), Name: "稻草人",
					Store: h.store, Roles: []actor.Role{to}, Ends: h.Now().Add(time.Hour)}); err == nil {
					want(t, h.Accept(t.Context(), invite, text(goodPassword), secret.Text{}), "", "the insider accepts")
					targets = append(targets, s.ID)
				}
			}
			for _, staff := range targets {
				if invite, err := h.Reinvite(t.Context(), insider.Actor, staff); err == nil {
					want(t, h.Accept(t.Context(), invite, text(goodPassword), secret.Text{}), "", "the insider takes over")
				}
				for _, to := range actor.Roles {
					_ = h.Appoint(t.Context(), insider.Actor, staff, to)
					if err := h.Confirm(t.Context(), insider.Actor, staff, to); err == nil {
						t.Errorf("%s alone put %s into force", role, to)
					}
				}
			}
			if after := inForce(); after > before {
				t.Errorf("%s alone: %d roles in force, before %d", role, after, before)
			}
		}
	})
}

// Nobody appoints anybody to be a family, a program or the program itself.
func TestOnlyStaffRolesAreGiven(t *testing.T) {
	for _, by := range actor.Roles {
		for _, to := range []actor.Role{actor.Guardian, actor.Child, actor.Integrator, actor.System} {
			if account.MayAppoint(by, to) {
				t.Errorf("%s appoints to %s", by, to)
			}
		}
	}
}

// R12, GB/T 22239-2019 8.1.5: three administrations are three people.
func TestRolesThatExcludeEachOtherAreNeverOnePersons(t *testing.T) {
	for _, pair := range [][2]actor.Role{{actor.SysAdmin, actor.Officer}, {actor.SysAdmin, actor.Auditor},
		{actor.Officer, actor.Auditor}, {actor.Auditor, actor.Clerk}, {actor.Vendor, actor.Clerk}, {actor.SysAdmin, actor.Manager}} {
		if account.Compatible(pair[0], pair[1]) || account.Compatible(pair[1], pair[0]) {
			t.Errorf("%s with %s", pair[0], pair[1])
		}
	}
	if !account.Compatible(actor.Manager, actor.Teacher) {
		t.Error("a manager may not teach")
	}
	each(t, func(t *testing.T, h *house) {
		e := h.staff("admin", actor.SysAdmin)
		want(t, h.Appoint(t.Context(), h.root, e.Actor.Staff, actor.Auditor), "role.incompatible", "even by the operator")
		_, _, err := h.AddStaff(t.Context(), h.root, account.NewStaff{Login: "x", Name: "x", Roles: []actor.Role{actor.Officer, actor.Auditor}})
		want(t, err, "role.incompatible", "two at once")
		if n := h.count(`SELECT count(*) FROM staff WHERE login = 'x'`); n != 0 {
			t.Error("a refused account was kept")
		}
	})
}

func TestWhoMayAddWhom(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		manager, owner, clerk := h.staff("manager", actor.Manager), h.staff("owner", actor.Owner), h.staff("clerk", actor.Clerk)
		elsewhere := id.Make[id.Store](h.Now())
		boundManager := manager.Actor
		add := func(by actor.Actor, n account.NewStaff) error {
			if n.Name == "" {
				n.Name = "王"
			}
			_, _, err := h.AddStaff(t.Context(), by, n)
			return err
		}
		roles := func(r ...actor.Role) []actor.Role { return r }
		want(t, add(clerk.Actor, account.NewStaff{Login: "a", Roles: roles(actor.Clerk), Store: h.store}), "role.not_yours", "a clerk adds")
		want(t, add(boundManager, account.NewStaff{Login: "a", Roles: roles(actor.Manager), Store: h.store}), "role.not_yours", "a manager makes managers")
		want(t, add(boundManager, account.NewStaff{Login: "a", Roles: roles(actor.Clerk), Store: elsewhere}), "role.store", "another store")
		want(t, add(boundManager, account.NewStaff{Login: "a", Roles: roles(actor.Clerk), Store: h.store}), "", "a manager adds a clerk")
		want(t, add(boundManager, account.NewStaff{Login: "Ａ", Roles: roles(actor.Clerk), Store: h.store}), "login.taken", "the same login, full width")
		want(t, add(boundManager, account.NewStaff{Login: "b", Roles: roles(actor.Clerk), Store: h.store, Password: text(goodPassword)}), "role.not_yours", "with a password")
		want(t, add(owner.Actor, account.NewStaff{Login: "v", Roles: roles(actor.Vendor), Store: h.store}), "staff.ends_missing", "S3-43: a vendor without an end")
		want(t, add(owner.Actor, account.NewStaff{Login: "c", Roles: nil, Store: h.store}), "role.missing", "no role")
		want(t, add(owner.Actor, account.NewStaff{Login: "c/d", Roles: roles(actor.Clerk), Store: h.store}), "login.letters", "a login with a slash")
		want(t, add(owner.Actor, account.NewStaff{Login: "c", Name: "李\u202e", Roles: roles(actor.Clerk)}), "name.letters", "a name with a bidi mark")
		for range 28 {
			h.pass(10 * time.Minute)
			h.alive(owner.Token)
		}
		want(t, add(owner.Actor, account.NewStaff{Login: "d", Roles: roles(actor.Clerk), Store: h.store}), "stepup.needed", "with an old proof")
		want(t, add(actor.Actor{}, account.NewStaff{Login: "d", Roles: roles(actor.Clerk)}), "role.not_yours", "nobody")
	})
}

func TestAnInvitationWorksOnceAndExpires(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		add := func(login string) (account.Staff, secret.Text) {
			s, invite, err := h.AddStaff(t.Context(), h.root, account.NewStaff{Login: login, Name: "李", Roles: []actor.Role{actor.Clerk}})
			if err != nil {
				t.Fatal(err)
			}
			return s, invite
		}
		_, invite := add("li.na")
		i, err := h.Invitation(t.Context(), invite)
		if err != nil || i.Login != "li.na" {
			t.Fatal(err)
		}
		want(t, h.Accept(t.Context(), invite, text("plum7 kite"), secret.Text{}), "password.short", "a short password alone")
		want(t, h.Accept(t.Context(), invite, text("plum7 kite"), text("12345")), "totp.wrong", "with a wrong code")
		want(t, h.Accept(t.Context(), invite, text("plum7 kite"), h.oneTime(i.OneTime)), "", "a short one beside a second factor")
		want(t, h.Accept(t.Context(), invite, text("plum7 kite"), h.oneTime(i.OneTime)), "invite.unknown", "again")
		h.pass(30 * time.Second)
		want(t, h.try("li.na", "plum7 kite", h.oneTime(i.OneTime)), "", "sign in")
		_, late := add("wang")
		h.pass(72*time.Hour + time.Second)
		want(t, h.Accept(t.Context(), late, text(goodPassword), secret.Text{}), "invite.unknown", "after three days")
	})
}

// A manager who invites a clerk anew could take over the account: the roles wait
// for a second person again (I8).
func TestInvitingAnewTakesEveryProofAndEveryConfirmation(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		manager, clerk := h.staff("manager", actor.Manager), h.staff("li.na", actor.Clerk)
		invite, err := h.Reinvite(t.Context(), manager.Actor, clerk.Actor.Staff)
		if err != nil {
			t.Fatal(err)
		}
		if h.alive(clerk.Token) {
			t.Error("an old session lives")
		}
		want(t, h.try("li.na", goodPassword, secret.Text{}), "signin.wrong", "the old password")
		want(t, h.Accept(t.Context(), invite, text("another good sentence"), secret.Text{}), "", "accept")
		want(t, h.try("li.na", "another good sentence", secret.Text{}), "role.none", "before a second person")
		want(t, h.Confirm(t.Context(), manager.Actor, clerk.Actor.Staff, actor.Clerk), "role.same_person", "the inviter confirms")
	})
}

func TestTakingARoleAwayEndsTheSessionsAndTheRole(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		e := h.staff("li.na", actor.Clerk, actor.Teacher)
		as, err := h.ChangeRole(t.Context(), e.Token, actor.Teacher)
		if err != nil || as.Actor.Role != actor.Teacher || h.alive(e.Token) {
			t.Fatalf("got %+v, %v", as.Actor, err)
		}
		_, err = h.ChangeRole(t.Context(), as.Token, actor.Manager)
		want(t, err, "role.none", "a role not held")
		want(t, h.Dismiss(t.Context(), h.root, e.Actor.Staff, actor.Teacher), "", "dismiss")
		if h.alive(as.Token) {
			t.Error("a session in the lost role lives")
		}
		if e := h.signIn("li.na"); e.Actor.Role != actor.Clerk {
			t.Errorf("signed in as %s", e.Actor.Role)
		}
	})
}

// S0-16, S3-42, S3-43: what the policy learns about an account.
func TestStandingSaysWhetherAnAccountIsInOrder(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		e, officer := h.staff("li.na", actor.Clerk), h.staff("officer", actor.Officer)
		standing := func() (s account.Standing) {
			h.update(func(tx *db.Tx) (err error) {
				s, err = h.Standing(tx, h.inst, e.Actor.Staff)
				return err
			})
			return s
		}
		if s := standing(); s != (account.Standing{Active: true}) {
			t.Errorf("new: %+v", s)
		}
		h.update(func(tx *db.Tx) error {
			want(t, h.RecordPledge(tx, officer.Actor, e.Actor.Staff, [32]byte{1}), "pledge.not_own", "pledge for another")
			want(t, h.RecordPledge(tx, e.Actor, e.Actor.Staff, [32]byte{1}), "", "pledge")
			return h.RecordTraining(tx, officer.Actor, e.Actor.Staff, h.Now().Add(24*time.Hour), [32]byte{2})
		})
		if s := standing(); s != (account.Standing{Active: true, Trained: true, Pledged: true}) {
			t.Errorf("trained: %+v", s)
		}
		h.pass(24 * time.Hour)
		if s := standing(); s.Trained {
			t.Error("a certificate outlived its date")
		}
		h.pass(1000 * time.Hour)
		if s := standing(); s.Active {
			t.Error("an account outlived its end date")
		}
		want(t, h.try("li.na", goodPassword, secret.Text{}), "signin.wrong", "after the end date")
	})
}

func TestFamiliesSeeAMaskedName(t *testing.T) {
	for name, masked := range map[string]string{"李娜": "李**", "欧阳娜娜": "欧**", "L": "L**", "": "", "e\u0301mile": "e\u0301**", "𠮷野": "𠮷**"} {
		if got := account.Masked(name); got != masked {
			t.Errorf("got %q, want %q", got, masked)
		}
	}
}
