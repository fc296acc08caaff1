package main

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"os"
)

// load reads the certificate and its key, and says in words which of the two is
// wrong, and how.
func (f tlsFiles) load(d folder) (tls.Certificate, error) {
	none := tls.Certificate{}
	cert, key := d.in(f.Certificate), d.in(f.Key)
	certPEM, err := os.ReadFile(cert)
	if err != nil {
		return none, err
	}
	keyPEM, err := os.ReadFile(key)
	if err != nil {
		return none, err
	}
	switch {
	case !holds(certPEM, "CERTIFICATE") && holds(keyPEM, "CERTIFICATE"):
		return none, refuse(exitUsage, "cli.tls.swapped", cert, key)
	case !holds(certPEM, "CERTIFICATE"):
		return none, refuse(exitUsage, "cli.tls.no_certificate", cert)
	case holds(keyPEM, "ENCRYPTED PRIVATE KEY") || bytes.Contains(keyPEM, []byte("Proc-Type: 4,ENCRYPTED")):
		return none, refuse(exitUsage, "cli.tls.locked", key)
	case !holds(keyPEM, "PRIVATE KEY"):
		return none, refuse(exitUsage, "cli.tls.no_key", key)
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return none, refuse(exitUsage, "cli.tls.pair", cert, key).because(err)
	}
	return pair, nil
}

// holds reports whether a PEM file has a block of a type; a private key has one
// of several types that end alike.
func holds(data []byte, suffix string) bool {
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if bytes.HasSuffix([]byte(block.Type), []byte(suffix)) && (suffix != "PRIVATE KEY" || block.Type != "ENCRYPTED PRIVATE KEY") {
			return true
		}
	}
	return false
}
