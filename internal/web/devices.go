package web

import (
	"net/http"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/web/ui"
)

const pathDevices = PathFamily + "/devices"

// devicesPage lists where the person is signed in, and ends what is not wanted.
type devicesPage struct {
	ui.Page
	Devices []device
}

type device struct {
	Session, Name, Since, Seen string
	Here                       bool
}

func (s *Site) devices(w http.ResponseWriter, r *Request) error {
	list, err := s.Phones.Sessions(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	v := devicesPage{Page: r.Page("me.devices")}
	for _, x := range list {
		d := device{Session: x.ID.String(), Name: x.Device, Here: x.ID == r.Actor.Session,
			Since: r.P.T("me.device.since", x.Created), Seen: r.P.T("me.device.seen", x.Seen)}
		if d.Name == "" {
			d.Name = r.P.T("me.device.unknown")
		}
		v.Devices = append(v.Devices, d)
	}
	return r.Show(w, v.body())
}

func (s *Site) endDevice(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	session, err := id.Parse[id.Session](r.PostForm.Get("session"))
	if err != nil {
		return fault.New(fault.Invalid, "form.unknown")
	}
	if err := s.Phones.EndSession(r.Context(), r.Actor, session); err != nil {
		return err
	}
	if session == r.Actor.Session {
		return s.signOut(w, r)
	}
	return r.GoSaying(w, pathDevices, "flash.device_ended")
}
