// Package stamp asks a time stamp authority for a time stamp by RFC 3161, and checks one
// offline. What an authority gets is a hash and nothing else.
package stamp

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"
)

// Token is what a time stamp says.
type Token struct {
	At       time.Time     // when the authority had the hash
	Accuracy time.Duration // by how much that may be wrong, by its own word; 0: it does not say
	By       string        // the subject of the certificate that signs it
	Trusted  bool          // that certificate is of an authority that is trusted
	nonce    *big.Int
}

// maxToken bounds a time stamp, in bytes: they have a few thousand.
const maxToken = 64 << 10

// Authorities are the certificates that a time stamp is held against.
type Authorities struct {
	roots, between *x509.CertPool
}

// ReadAuthorities reads certificates in PEM: those that signed themselves are trusted,
// others lead to them.
func ReadAuthorities(text []byte) (*Authorities, error) {
	a := &Authorities{roots: x509.NewCertPool(), between: x509.NewCertPool()}
	roots := 0
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("reading the certificates of a time stamp authority: %w", err)
		}
		if c.CheckSignatureFrom(c) == nil {
			a.roots.AddCert(c)
			roots++
		} else {
			a.between.AddCert(c)
		}
	}
	if roots == 0 {
		return nil, errors.New("reading the certificates of a time stamp authority: there is none in PEM that signed itself")
	}
	return a, nil
}

var (
	contentType = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	timeStamp   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4} // id-ct-TSTInfo
	extendedUse = asn1.ObjectIdentifier{2, 5, 29, 37}
)

// Read checks a time stamp, the answer of an authority as it came, of a SHA-256. Without
// authorities its signature is checked by the certificate in it, and whose that is, is not
// judged. Certificates have to be valid at the time that the stamp says; whether one was
// revoked is not looked up.
func Read(answer []byte, sum [sha256.Size]byte, trusted *Authorities) (t Token, err error) {
	defer func() {
		// Whoever wrote the bytes chose them for a parser of two standards that are lax; what
		// it stumbles over is no time stamp.
		if r := recover(); r != nil {
			t, err = Token{}, fmt.Errorf("it is no time stamp that can be read: %v", r)
		}
	}()
	if len(answer) > maxToken {
		return t, fmt.Errorf("it has more than %d bytes, which no time stamp has", maxToken)
	}
	if err := scan(answer); err != nil {
		return t, fmt.Errorf("it is no time stamp: %w", err)
	}
	ts, err := timestamp.ParseResponse(answer)
	if err != nil {
		return t, fmt.Errorf("it is no time stamp: %w", err)
	}
	p7, err := pkcs7.Parse(ts.RawToken)
	if err != nil {
		return t, fmt.Errorf("it is no time stamp: %w", err)
	}
	var of asn1.ObjectIdentifier
	if err := p7.UnmarshalSignedAttribute(contentType, &of); err != nil || !of.Equal(timeStamp) {
		return t, errors.New("what is signed in it is no time stamp")
	}
	signer := p7.GetOnlySigner()
	if signer == nil {
		return t, errors.New("it has not one signer whose certificate is in it")
	}
	if ts.HashAlgorithm != crypto.SHA256 || !slices.Equal(ts.HashedMessage, sum[:]) {
		return t, errors.New("it is of something else: another hash is stamped")
	}
	if !stampsOnly(signer) {
		return t, errors.New("its certificate is not one for time stamps alone")
	}
	o := x509.VerifyOptions{CurrentTime: ts.Time, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}}
	if trusted != nil {
		o.Roots, o.Intermediates = trusted.roots, trusted.between.Clone()
		for _, c := range p7.Certificates {
			o.Intermediates.AddCert(c)
		}
	}
	if err := p7.VerifyWithOpts(o); err != nil {
		return t, fmt.Errorf("its signature does not hold: %w", err)
	}
	return Token{At: ts.Time.UTC(), Accuracy: ts.Accuracy, By: signer.Subject.String(), Trusted: trusted != nil, nonce: ts.Nonce}, nil
}

// stampsOnly reports whether a certificate is for time stamps and nothing else, as RFC
// 3161, section 2.3, wants it.
func stampsOnly(c *x509.Certificate) bool {
	critical := slices.ContainsFunc(c.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(extendedUse) && e.Critical })
	return critical && len(c.UnknownExtKeyUsage) == 0 && slices.Equal(c.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping})
}
