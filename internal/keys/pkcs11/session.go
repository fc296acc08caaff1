//go:build pkcs11

package pkcs11

import (
	"sync"

	p11 "github.com/miekg/pkcs11"

	"github.com/wardfold/wardfold/internal/fault"
)

// A module is initialised once for each process, however many keys use it.
var (
	modulesMu sync.Mutex
	modules   = make(map[string]*p11.Ctx)
)

func module(path string) (*p11.Ctx, error) {
	modulesMu.Lock()
	defer modulesMu.Unlock()
	if m, ok := modules[path]; ok {
		return m, nil
	}
	m := p11.New(path)
	if m == nil {
		return nil, fault.New(fault.Unavailable, "keys.pkcs11_module", path)
	}
	if err := m.Initialize(); err != nil && code(err) != p11.CKR_CRYPTOKI_ALREADY_INITIALIZED {
		m.Destroy()
		return nil, failed(err)
	}
	modules[path] = m
	return m, nil
}

type session struct {
	ctx *p11.Ctx
	h   p11.SessionHandle
	key p11.ObjectHandle
}

// dial logs in and finds the key.
func dial(c Config) (*session, error) {
	s, err := login(c)
	if err != nil {
		return nil, err
	}
	if s.key, err = s.find(c.Key); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func login(c Config) (*session, error) {
	ctx, err := module(c.Module)
	if err != nil {
		return nil, err
	}
	slot, err := slotOf(ctx, c.Token)
	if err != nil {
		return nil, err
	}
	h, err := ctx.OpenSession(slot, p11.CKF_SERIAL_SESSION|p11.CKF_RW_SESSION)
	if err != nil {
		return nil, failed(err)
	}
	s := &session{ctx: ctx, h: h}
	switch err := ctx.Login(h, p11.CKU_USER, c.PIN.Expose()); code(err) {
	case p11.CKR_OK, p11.CKR_USER_ALREADY_LOGGED_IN: // logins are the process's
		return s, nil
	case p11.CKR_PIN_INCORRECT, p11.CKR_PIN_LOCKED, p11.CKR_PIN_EXPIRED, p11.CKR_PIN_LEN_RANGE:
		s.close()
		return nil, fault.New(fault.Unauthenticated, "keys.pkcs11_pin", c.Token).Because(err)
	default:
		s.close()
		return nil, failed(err)
	}
}

func slotOf(ctx *p11.Ctx, token string) (uint, error) {
	slots, err := ctx.GetSlotList(true)
	if err != nil {
		return 0, failed(err)
	}
	for _, slot := range slots {
		info, err := ctx.GetTokenInfo(slot)
		if err == nil && info.Label == token {
			return slot, nil
		}
	}
	return 0, fault.New(fault.Unavailable, "keys.pkcs11_token", token)
}

// find returns the one AES key with a label.
func (s *session) find(label string) (p11.ObjectHandle, error) {
	err := s.ctx.FindObjectsInit(s.h, []*p11.Attribute{
		p11.NewAttribute(p11.CKA_CLASS, p11.CKO_SECRET_KEY),
		p11.NewAttribute(p11.CKA_KEY_TYPE, p11.CKK_AES),
		p11.NewAttribute(p11.CKA_LABEL, label),
	})
	if err != nil {
		return 0, failed(err)
	}
	found, _, err := s.ctx.FindObjects(s.h, 2)
	if end := s.ctx.FindObjectsFinal(s.h); err == nil {
		err = end
	}
	if err != nil {
		return 0, failed(err)
	}
	if len(found) != 1 {
		return 0, fault.New(fault.Unavailable, "keys.pkcs11_key", label)
	}
	return found[0], nil
}

func (s *session) close() { _ = s.ctx.CloseSession(s.h) } // nothing is left to save
