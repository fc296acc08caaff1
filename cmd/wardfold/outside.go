package main

import (
	"net"
	"strings"

	"github.com/wardfold/wardfold/internal/attest"
)

// outside is what the daily statement says of the way to this program. An
// address on loopback behind an https origin has a proxy in front of it.
func (c config) outside() *attest.Outside {
	out := &attest.Outside{Program: thisBuild().Version, Ports: []string{c.Listen}, Transport: attest.Plain}
	host, _, _ := net.SplitHostPort(c.Listen) // checked when the settings were read
	ip := net.ParseIP(host)
	switch {
	case c.TLS != nil:
		out.Transport = attest.TLS
	case host != "localhost" && !ip.IsLoopback():
	case strings.HasPrefix(c.Origin, "https://"):
		out.Transport = attest.Proxy
	default:
		out.Transport = attest.Loopback
	}
	return out
}
