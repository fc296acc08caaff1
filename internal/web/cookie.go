package web

import (
	"net/http"
	"time"
)

// Jar writes cookies the one safe way: __Host- prefix, Secure, HttpOnly, Lax.
// The session cookie goes through it too.
type Jar struct {
	// Plain drops the prefix and Secure, for plain HTTP on loopback only:
	// some browsers refuse Secure cookies there.
	Plain bool
}

// Names of our cookies, without prefix.
const (
	lookCookie  = "look"
	flashCookie = "flash"
	nextCookie  = "next"
)

const (
	lookAge  = 365 * 24 * time.Hour
	flashAge = time.Minute
	nextAge  = 10 * time.Minute
)

func (j Jar) name(name string) string {
	if j.Plain {
		return name
	}
	return "__Host-" + name
}

// Set writes a cookie that lives for age, or until the browser closes when age
// is zero.
func (j Jar) Set(w http.ResponseWriter, name, value string, age time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: j.name(name), Value: value, Path: "/", MaxAge: int(age / time.Second),
		Secure: !j.Plain, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// Get returns a cookie's value, or "".
func (j Jar) Get(r *http.Request, name string) string {
	c, err := r.Cookie(j.name(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// Drop deletes a cookie.
func (j Jar) Drop(w http.ResponseWriter, name string) { j.Set(w, name, "", -time.Second) }
