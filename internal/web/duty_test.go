package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account/signon"
	"github.com/wardfold/wardfold/internal/account/signon/signontest"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/office"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
)

// S2-08, S3-42, S0-13, S0-16, I8: on the pages, and without script on the
// narrowest screen: the owner appoints and dismisses, the officer records a
// training, names who is in charge, who accepts; a newcomer signs the pledge.
func TestRolesTrainingPledgeAndChargeHaveTheirPages(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	for name, screen := range map[string]browser.Screen{"desk": browser.Desktop, "dark": browser.Phone.InDark(), "narrow": browser.Narrow.WithoutScript()} {
		t.Run(name, func(t *testing.T) {
			s := newStaffSite(t)
			fresh := s.Hire("fresh", s.Store, actor.Clerk)
			look := func(tab *browser.Tab, page string) {
				if name == "narrow" {
					report(t, page+" sticks out", tab.Overflow())
					return
				}
				flawless(t, tab, name+" "+page)
			}
			done := func(tab *browser.Tab, what string) {
				t.Helper()
				if !tab.Has(".flash") {
					t.Errorf("%s: %s", what, tab.Text("main"))
				}
			}
			person := s.URL + web.PathPeople + "/" + fresh.ID.String()
			officer := s.as(actor.Officer, screen)
			officer.Go(person)
			look(officer, "person")
			officer.Type(`input[name="certificate"]`, "PX-2026-18")
			officer.Type(`input[name="until"]`, "20280101")
			officer.TapGo(`form[action$="/train"] .btn-primary`)
			look(officer, "person wrong")
			officer.Type(`input[name="until"]`, "20271101")
			officer.TapGo(`form[action$="/train"] .btn-primary`)
			done(officer, "training")

			owner := s.as(actor.Owner, screen)
			owner.Go(person)
			owner.Choose("#f-role", "officer")
			owner.TapGo(`form[action$="/appoint"] .btn`)
			done(owner, "appoint")
			owner.Go(person)
			owner.TapGo(`form[action$="/dismiss"] button[value="officer"]`)
			done(owner, "dismiss")

			officer.Go(s.URL + web.PathDuties)
			look(officer, "duties")
			officer.Choose("#f-dataset", "enrolment.minimal")
			officer.Choose("#f-store", s.Store.String())
			officer.Choose("#f-who", s.Fixture.Staff[actor.Manager].ID.String())
			officer.TapGo(`form[action="/staff/duties"] .btn-primary`)
			done(officer, "name")
			look(officer, "duties waiting")
			manager := s.as(actor.Manager, screen)
			manager.TapGo(`.tasks a[href="/staff/duties/accept"]`)
			look(manager, "accept")
			manager.TapGo("main .btn-primary")
			done(manager, "accept")

			clerk := browser.Open(t, screen)
			clerk.Go(s.URL + web.PathStaffSignIn)
			s.signIn(clerk, "fresh")
			look(clerk, "today unpledged")
			clerk.TapGo(`main a[href="/staff/pledge"]`)
			look(clerk, "pledge")
			clerk.TapGo("main .btn-primary")
			done(clerk, "pledge")
			if me, err := s.Accounts.Staff(t.Context(), s.Institution, fresh.ID); err != nil || me.PledgedAt.IsZero() || !me.TrainedUntil.After(s.Now()) {
				t.Errorf("%+v, %v", me, err)
			}

			officer.Go(s.URL + web.PathSigned)
			look(officer, "promise to sign")
			officer.TapGo("main .btn-primary")
			done(officer, "promise")
			look(officer, "promise signed")
			anybody := browser.Open(t, screen)
			anybody.Go(s.URL + "/promise/" + s.Institution.String() + "/" + s.Store.String())
			look(anybody, "promise")
			if text := anybody.Text("main"); !strings.Contains(text, "报名只要四项信息") || !strings.Contains(text, "示*") || !strings.Contains(text, "0项") {
				t.Errorf("the public page says %q", text)
			}
		})
	}
}

// Without a signed promise there is no page that claims one.
func TestThereIsNoPromiseBeforeItIsSigned(t *testing.T) {
	s := newStaffSite(t)
	for path, want := range map[string]int{"/promise/" + s.Institution.String(): 404, "/promise/none": 404} {
		resp, err := http.Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
}

// I8: a member of staff links an account of a provider; it signs nobody in before
// a second person has let it, and not if somebody else comes back from there.
func TestAnAccountOfAProviderIsLinkedByTwo(t *testing.T) {
	provider := signontest.New(t, "ES256")
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	campus := signon.New(signon.Config{Name: "campus", Issuer: provider.URL, Client: provider.Client, Secret: secret.NewText(provider.Secret),
		Redirect: "http://fold.example" + web.PathSignOn, Now: provider.Now, HTTP: client})
	w := newTownOn(t, house.Config{SignOn: []*signon.Provider{campus}}, func(f *housetest.Fixture) web.Staff {
		return web.Staff{Accounts: f.Accounts, Enrol: f.House.Enrol, Desk: f.Desk, Grants: f.Grants, Providers: []string{"campus"},
			Office: &office.Service{Gate: f.Gate, Facts: f.Facts, Catalogue: f.Catalogue, Log: f.Log}}
	})
	clerk := w.staff(t, "clerk")
	back := func(p person, start string) view {
		t.Helper()
		p.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
			if strings.HasPrefix(r.URL.String(), provider.URL) {
				return http.ErrUseLastResponse
			}
			return nil
		}
		v := p.post(start, url.Values{})
		code, state, err := provider.Approve(v.header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		return p.get(web.PathSignOn + "?" + url.Values{"code": {code}, "state": {state}}.Encode())
	}
	clerk.get("/staff/me").says("绑定campus")
	back(clerk, "/staff/me/link/campus").at("/staff/me").says("已提出绑定", "等另一个人确认")
	door := web.PathStaffSignIn + "/" + w.Institution.String()
	outside := w.person(t)
	if v := back(outside, door+"/sso/campus"); v.path == web.PathStaff {
		t.Fatal("it signs in before anybody has confirmed it")
	}
	manager := w.staff(t, "manager")
	base := web.PathPeople + "/" + w.Fixture.Staff[actor.Clerk].ID.String()
	manager.get(base).says("campus").submit(base+"/identity", "provider=campus", nil).says("绑定已生效")
	back(w.person(t), door+"/sso/campus").at(web.PathStaff)
	if err := w.Accounts.ApproveIdentity(t.Context(), w.As(actor.Manager), w.Fixture.Staff[actor.Clerk].ID, "campus"); err == nil {
		t.Error("it is confirmed twice")
	}
}

// staff signs somebody in with the password.
func (w town) staff(t *testing.T, login string) person {
	t.Helper()
	p := w.person(t)
	door := web.PathStaffSignIn + "/" + w.Institution.String()
	p.post(door, url.Values{"login": {login}, "password": {housetest.Password}}).at(web.PathStaff)
	return p
}

// S3-09: the officer finds the idle fields on the day's page and decides, with and
// without script.
func TestTheOfficerReviewsIdleFields(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	for name, screen := range map[string]browser.Screen{"desk": browser.Desktop, "dark": browser.Phone.InDark(), "narrow": browser.Narrow.WithoutScript()} {
		s := newStaffSite(t)
		s.Fixture.Enrol(1, "2016-03")
		s.Advance(200 * 24 * time.Hour)
		if err := s.Sweep(t.Context(), s.Institution); err != nil {
			t.Fatal(err)
		}
		tab := s.as(actor.Officer, screen)
		tab.TapGo(`.tasks a[href="/staff/reviews"]`)
		if name == "narrow" {
			report(t, "reviews stick out", tab.Overflow())
		} else {
			flawless(t, tab, name+" reviews")
		}
		tab.Type(`#f-reason-learner-name`, "上课点名要用")
		tab.TapGo(`form:has(#f-reason-learner-name) button[value="keep"]`)
		if !tab.Has(".flash") || !strings.Contains(tab.Text("main"), "上课点名要用") {
			t.Errorf("%s: %s", name, tab.Text("main"))
		}
	}
}
