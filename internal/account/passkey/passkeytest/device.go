// Package passkeytest is a software authenticator for tests: ES256, no
// attestation, user verified. It plays browser and device together.
package passkeytest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
)

// Device holds passkeys for one origin. Its fields may be bent between calls to
// play an attacker.
type Device struct {
	Origin   string // what the browser reports, such as "https://fold.example"
	Host     string // the relying party the device believes in
	Verified bool   // whether the device checked its user
	Counter  uint32 // uses so far

	id, handle []byte
	key        *ecdsa.PrivateKey
}

// New returns a device without a passkey.
func New(origin, host string) *Device { return &Device{Origin: origin, Host: host, Verified: true} }

var b64 = base64.RawURLEncoding

type options struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		User      struct {
			ID string `json:"id"`
		} `json:"user"`
		ExcludeCredentials []descriptor `json:"excludeCredentials"`
		AllowCredentials   []descriptor `json:"allowCredentials"`
	} `json:"publicKey"`
}

type descriptor struct {
	ID string `json:"id"`
}

// Create answers registration options with a new passkey.
func (d *Device) Create(opts []byte) ([]byte, error) {
	var o options
	if err := json.Unmarshal(opts, &o); err != nil {
		return nil, err
	}
	for _, x := range o.PublicKey.ExcludeCredentials {
		if d.id != nil && x.ID == b64.EncodeToString(d.id) {
			return nil, errors.New("passkeytest: this device is excluded")
		}
	}
	var err error
	if d.handle, err = b64.DecodeString(o.PublicKey.User.ID); err != nil {
		return nil, err
	}
	if d.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	d.id = make([]byte, 32)
	if _, err := rand.Read(d.id); err != nil {
		return nil, err
	}
	public, err := d.cose()
	if err != nil {
		return nil, err
	}
	data := d.authData(0x40) // attested credential data follows
	data = append(data, make([]byte, 16)...)
	data = binary.BigEndian.AppendUint16(data, uint16(len(d.id)))
	data = append(append(data, d.id...), public...)
	return d.answer(map[string]any{
		"clientDataJSON":    b64.EncodeToString(d.clientData("webauthn.create", o.PublicKey.Challenge)),
		"attestationObject": b64.EncodeToString(attestation(data)),
	})
}

// Get answers assertion options with a signature.
func (d *Device) Get(opts []byte) ([]byte, error) {
	var o options
	if err := json.Unmarshal(opts, &o); err != nil {
		return nil, err
	}
	d.Counter++
	data, client := d.authData(0), d.clientData("webauthn.get", o.PublicKey.Challenge)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(bytes.Clone(data), hash[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, d.key, sum[:])
	if err != nil {
		return nil, err
	}
	return d.answer(map[string]any{
		"clientDataJSON":    b64.EncodeToString(client),
		"authenticatorData": b64.EncodeToString(data),
		"signature":         b64.EncodeToString(sig),
		"userHandle":        b64.EncodeToString(d.handle),
	})
}

func (d *Device) answer(response map[string]any) ([]byte, error) {
	id := b64.EncodeToString(d.id)
	return json.Marshal(map[string]any{"id": id, "rawId": id, "type": "public-key", "response": response})
}

func (d *Device) clientData(kind, challenge string) []byte {
	b, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.Origin})
	if err != nil {
		panic(err) // three strings always encode
	}
	return b
}

// authData is the fixed head. Source: W3C WebAuthn Level 3 §6.1.
func (d *Device) authData(flags byte) []byte {
	host := sha256.Sum256([]byte(d.Host))
	flags |= 0x01 // user present
	if d.Verified {
		flags |= 0x04
	}
	return binary.BigEndian.AppendUint32(append(host[:], flags), d.Counter)
}

// cose prints the public key as a COSE map in CBOR: {1:2, 3:-7, -1:1, -2:x, -3:y}.
// Source: RFC 9053 §7.1.1.
func (d *Device) cose() ([]byte, error) {
	point, err := d.key.PublicKey.Bytes() // 4 | x | y
	if err != nil {
		return nil, err
	}
	out := []byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 32}
	out = append(append(out, point[1:33]...), 0x22, 0x58, 32)
	return append(out, point[33:]...), nil
}

// attestation prints {"fmt":"none","attStmt":{},"authData":data} in CBOR.
func attestation(data []byte) []byte {
	out := []byte{0xa3, 0x63, 'f', 'm', 't', 0x64, 'n', 'o', 'n', 'e', 0x67}
	out = append(out, "attStmt"...)
	out = append(out, 0xa0, 0x68)
	out = append(out, "authData"...)
	out = binary.BigEndian.AppendUint16(append(out, 0x59), uint16(len(data)))
	return append(out, data...)
}
