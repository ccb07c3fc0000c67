package stamp

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/digitorus/timestamp"
)

// patience is how long an authority is waited for.
const patience = 30 * time.Second

// CheckURL says what is wrong with the address of an authority. It is called by https, but
// on this machine.
func CheckURL(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return errors.New("it is no address")
	case u.User != nil:
		return errors.New("it has a name or a password in it, which would be told in errors")
	case u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("it is no address such as https://HOST/PATH")
	case u.Scheme == "http" && !local(u.Hostname()):
		return errors.New("it is not https, so anybody in between could answer")
	}
	return nil
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Ask asks an authority for a time stamp of a SHA-256, and gives its answer as it came,
// after it was checked but for whose it is. random is where the number is from that ties
// the answer to the question. A redirect is not followed.
func Ask(ctx context.Context, address string, sum [sha256.Size]byte, random io.Reader) ([]byte, Token, error) {
	answer, t, err := ask(ctx, address, sum, random)
	if err != nil {
		return nil, t, fmt.Errorf("asking for a time stamp, at %s: %w", address, err)
	}
	return answer, t, nil
}

func ask(ctx context.Context, address string, sum [sha256.Size]byte, random io.Reader) ([]byte, Token, error) {
	if err := CheckURL(address); err != nil {
		return nil, Token{}, err
	}
	number := make([]byte, 8)
	if _, err := io.ReadFull(random, number); err != nil {
		return nil, Token{}, err
	}
	number[0] |= 1 // never zero, which would be left out
	q := timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Certificates: true, Nonce: new(big.Int).SetBytes(number)}
	body, err := q.Marshal()
	if err != nil {
		return nil, Token{}, err
	}
	answer, err := post(ctx, address, body)
	if err != nil {
		return nil, Token{}, err
	}
	t, err := Read(answer, sum, nil)
	if err == nil && (t.nonce == nil || t.nonce.Cmp(q.Nonce) != 0) {
		err = errors.New("it answers another question: its number is not the one that was sent")
	}
	return answer, t, err
}

// post sends the question and gives the answer, no more of it than a time stamp has.
func post(ctx context.Context, address string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/timestamp-query")
	r.Header.Set("Accept", "application/timestamp-reply")
	client := &http.Client{
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(r)
	if err != nil {
		var told *url.Error
		if errors.As(err, &told) {
			err = told.Err // the address is told already
		}
		return nil, err
	}
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxToken+1))
	err = errors.Join(err, res.Body.Close())
	switch {
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return nil, fmt.Errorf("it answers %d and leads elsewhere, which is not followed", res.StatusCode)
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("it answers %d", res.StatusCode)
	case err != nil:
		return nil, err
	case len(answer) > maxToken:
		return nil, fmt.Errorf("its answer has more than %d bytes, which no time stamp has", maxToken)
	}
	return answer, nil
}
