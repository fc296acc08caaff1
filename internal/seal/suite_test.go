package seal_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm4"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatalf("test data: %v", err)
	}
	return b
}

// The AEADs agree with what their authors published (S3-38: encrypted storage
// with pluggable SM suites).
func TestAEADsMatchPublishedVectors(t *testing.T) {
	for _, c := range []struct {
		source                        string
		suite                         seal.Suite
		key, nonce, aad, text, sealed string
	}{
		{
			"McGrew and Viega, The Galois/Counter Mode of Operation, test case 16 (in NIST's GCM set)", seal.Intl,
			"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
			"cafebabefacedbaddecaf888",
			"feedfacedeadbeeffeedfacedeadbeefabaddad2",
			`d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
			1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39`,
			`522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
			8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662
			76fc6ece0f4e1768cddf8853bb2d551b`,
		},
		{
			"RFC 8998 appendix A.1", seal.GM,
			"0123456789abcdeffedcba9876543210",
			"00001234567800000000abcd",
			"feedfacedeadbeeffeedfacedeadbeefabaddad2",
			`aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd
			eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa`,
			`17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735
			d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d
			83de3541e4c2b58177e065a9bf7b62ec`,
		},
	} {
		a, err := seal.AEAD(c.suite, unhex(t, c.key))
		if err != nil {
			t.Fatalf("%s: %v", c.source, err)
		}
		text, sealed := unhex(t, c.text), unhex(t, c.sealed)
		if got := a.Seal(nil, unhex(t, c.nonce), text, unhex(t, c.aad)); !bytes.Equal(got, sealed) {
			t.Errorf("%s: sealed to %x", c.source, got)
		}
		if got, err := a.Open(nil, unhex(t, c.nonce), sealed, unhex(t, c.aad)); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: opened to %x, %v", c.source, got, err)
		}
	}
}

func TestSM4EncryptsTheBlockOfGBT32907(t *testing.T) {
	key := unhex(t, "0123456789abcdeffedcba9876543210")
	b, err := sm4.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	out := bytes.Clone(key) // example 1 encrypts the key under itself
	b.Encrypt(out, out)
	if want := unhex(t, "681edf34d206965e86b3e94f536e4246"); !bytes.Equal(out, want) {
		t.Errorf("example 1 gave %x", out)
	}
	out = bytes.Clone(key) // example 2 does so a million times
	for range 1_000_000 {
		b.Encrypt(out, out)
	}
	if want := unhex(t, "595298c7c6fd271f0402f804c33d3f66"); !bytes.Equal(out, want) {
		t.Errorf("example 2 gave %x", out)
	}
}

func TestHashesMatchPublishedVectors(t *testing.T) {
	for _, c := range []struct {
		source      string
		suite       seal.Suite
		input, want string
	}{
		{"FIPS 180-4 example", seal.Intl, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"GB/T 32905 example 1", seal.GM, "abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
		{"GB/T 32905 example 2", seal.GM, strings.Repeat("abcd", 16), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"},
	} {
		h := c.suite.Hash()
		h.Write([]byte(c.input))
		if got := h.Sum(nil); !bytes.Equal(got, unhex(t, c.want)) {
			t.Errorf("%s: %x", c.source, got)
		}
	}
}

func TestMACsMatchPublishedVectors(t *testing.T) {
	for _, c := range []struct {
		source           string
		suite            seal.Suite
		key, input, want string
	}{
		{"RFC 4231 case 1", seal.Intl, strings.Repeat("0b", 20), hex.EncodeToString([]byte("Hi There")),
			"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
		{"RFC 4231 case 2", seal.Intl, hex.EncodeToString([]byte("Jefe")), hex.EncodeToString([]byte("what do ya want for nothing?")),
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{"RFC 4231 case 6", seal.Intl, strings.Repeat("aa", 131), hex.EncodeToString([]byte("Test Using Larger Than Block-Size Key - Hash Key First")),
			"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
		{"OpenSSL 3.0, same input as RFC 4231 case 1", seal.GM, strings.Repeat("0b", 20), hex.EncodeToString([]byte("Hi There")),
			"51b00d1fb49832bfb01c3ce27848e59f871d9ba938dc563b338ca964755cce70"},
		{"OpenSSL 3.0, same input as RFC 4231 case 2", seal.GM, hex.EncodeToString([]byte("Jefe")), hex.EncodeToString([]byte("what do ya want for nothing?")),
			"2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882"},
	} {
		if got := seal.MAC(c.suite, unhex(t, c.key), unhex(t, c.input)); !bytes.Equal(got, unhex(t, c.want)) {
			t.Errorf("%s: %x", c.source, got)
		}
	}
}

func TestHKDFMatchesRFC5869Case1(t *testing.T) {
	prk, err := hkdf.Extract(sha256.New, unhex(t, strings.Repeat("0b", 22)), unhex(t, "000102030405060708090a0b0c"))
	if err != nil {
		t.Fatal(err)
	}
	okm, err := hkdf.Expand(sha256.New, prk, string(unhex(t, "f0f1f2f3f4f5f6f7f8f9")), 42)
	want := "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
	if err != nil || !bytes.Equal(okm, unhex(t, want)) {
		t.Errorf("%x, %v", okm, err)
	}
}

func TestEd25519MatchesRFC8032Test2(t *testing.T) {
	seed := secret.NewKey(unhex(t, "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
	pub := unhex(t, "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
	want := unhex(t, `92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da
		085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00`)
	got, err := seal.Intl.Sign(nil, seed, []byte{0x72})
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("signed to %x, %v", got, err)
	}
	if !seal.Intl.Verify(pub, []byte{0x72}, want) {
		t.Error("the published signature does not verify")
	}
}

func TestSM2VerifiesTheSignatureOfGBT32918_5(t *testing.T) {
	pub := unhex(t, `04
		09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020
		ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13`)
	r := new(big.Int).SetBytes(unhex(t, "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"))
	s := new(big.Int).SetBytes(unhex(t, "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"))
	sig, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil {
		t.Fatal(err)
	}
	if !seal.GM.Verify(pub, []byte("message digest"), sig) {
		t.Error("the published signature does not verify")
	}
	if seal.GM.Verify(pub, []byte("message digesT"), sig) {
		t.Error("it verifies for another message")
	}
}

func TestSignaturesVerifyAndTamperedOnesDoNot(t *testing.T) {
	for _, s := range []seal.Suite{seal.Intl, seal.GM} {
		pub, key, err := s.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		msg := []byte("a checkpoint")
		sig, err := s.Sign(rand.Reader, key, msg)
		if err != nil || !s.Verify(pub, msg, sig) {
			t.Fatalf("%v: own signature does not verify (%v)", s, err)
		}
		for i := range sig {
			bad := bytes.Clone(sig)
			bad[i] ^= 1
			if s.Verify(pub, msg, bad) {
				t.Errorf("%v: byte %d of the signature does not matter", s, i)
			}
		}
		for _, wrong := range [][]byte{nil, {4}, pub[:len(pub)-1], make([]byte, len(pub))} {
			if s.Verify(wrong, msg, sig) {
				t.Errorf("%v: verifies under a key of %d bytes that is none", s, len(wrong))
			}
		}
	}
}

func TestASuiteHasOneNameAndOthersAreRefused(t *testing.T) {
	for _, s := range []seal.Suite{seal.Intl, seal.GM} {
		if got, err := seal.ParseSuite(s.String()); got != s || err != nil {
			t.Errorf("%v parses to %v, %v", s, got, err)
		}
	}
	for _, name := range []string{"", "INTL", "aes", "gm "} {
		if _, err := seal.ParseSuite(name); fault.CodeOf(err) != "seal.suite_unknown" {
			t.Errorf("%q: %v", name, err)
		}
	}
}
