package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certified returns a certificate for this machine and its key, in PEM.
func certified(t *testing.T, until time.Time) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(kind string, b []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
	}
	return encode("CERTIFICATE", der), encode("PRIVATE KEY", raw)
}

// TestItServesOverTLS: pages, interface and log over TLS 1.2 or newer and HTTP/2,
// and nothing in clear (S3-38).
func TestItServesOverTLS(t *testing.T) {
	data := city(t)
	cert, key := certified(t, time.Now().Add(90*24*time.Hour))
	write(t, filepath.Join(data, "cert.pem"), cert)
	write(t, filepath.Join(data, "key.pem"), key)
	edit(t, data, `"suite"`, `"tls": {"certificate": "cert.pem", "key": "key.pem"}, "suite"`)
	address := freeAddress(t)
	cmd := program(context.WithoutCancel(t.Context()), "en_US.UTF-8", "serve", "--data", data, "--listen", address)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(cert))
	client := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "localhost"}}}
	for begin := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		r, err := client.Get("https://" + address + "/readyz")
		if err == nil && r.StatusCode == http.StatusOK {
			_ = r.Body.Close()
			if r.ProtoMajor != 2 || r.TLS.Version < tls.VersionTLS12 {
				t.Errorf("it speaks %s over TLS %x", r.Proto, r.TLS.Version)
			}
			break
		}
		if time.Since(begin) > 20*time.Second {
			t.Fatalf("it does not answer: %v", err)
		}
	}
	if r, err := http.Get("http://" + address + "/"); err == nil && r.StatusCode < 400 {
		t.Errorf("it answers in clear: %s", r.Status)
	}
	if _, err := (&http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "localhost", MaxVersion: tls.VersionTLS11}}}).Get("https://" + address + "/"); err == nil {
		t.Error("it speaks TLS 1.1")
	}
}

// TestABadCertificateIsExplained: each way to get the two files wrong has a
// sentence of its own, from serve and from the doctor, in both languages.
func TestABadCertificateIsExplained(t *testing.T) {
	good, key := certified(t, time.Now().Add(90*24*time.Hour))
	other, _ := certified(t, time.Now().Add(90*24*time.Hour))
	data := city(t)
	edit(t, data, `"suite"`, `"tls": {"certificate": "cert.pem", "key": "key.pem"}, "suite"`)
	fails(t, exitUsage, "cert.pem", "serve", "--data", data, "--listen", freeAddress(t))
	for _, c := range []struct{ name, cert, key, en, zh string }{
		{"two of different requests", other, key, "do not belong together", "不是一对"},
		{"the wrong way round", key, good, "wrong way round", "写反了"},
		{"a certificate that is none", "hello", key, "no certificate", "不是PEM格式的证书"},
		{"a key that is none", good, "hello", "no private key", "不是PEM格式的私钥"},
		{"a key with a passphrase", good, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "has a passphrase", "有口令"},
		{"a damaged certificate", strings.Replace(good, "MII", "AAA", 1), key, "damaged", "损坏"},
	} {
		t.Run(c.name, func(t *testing.T) {
			write(t, filepath.Join(data, "cert.pem"), c.cert)
			write(t, filepath.Join(data, "key.pem"), c.key)
			fails(t, exitUsage, c.en, "serve", "--data", data, "--listen", freeAddress(t))
			if _, _, errs := wardfold(t, "zh_CN.UTF-8", "serve", "--data", data, "--listen", freeAddress(t)); !strings.Contains(errs, c.zh) {
				t.Errorf("in Chinese: %s", errs)
			}
		})
	}
	old, key := certified(t, time.Now().Add(-time.Minute))
	write(t, filepath.Join(data, "cert.pem"), old)
	write(t, filepath.Join(data, "key.pem"), key)
	if status, out, _ := wardfold(t, "zh_CN.UTF-8", "doctor", "--data", data); status != exitWrong || !strings.Contains(out, "证书") {
		t.Errorf("the doctor on an expired certificate: %d\n%s", status, out)
	}
}
