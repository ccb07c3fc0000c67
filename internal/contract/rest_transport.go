package contract

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// Transport hangs between any client and the simulator and has every REST
// request and answer judged. Each difference goes to report, which may be
// called concurrently; the client sees the answer unchanged. A nil next is
// [http.DefaultTransport].
//
//	client := &http.Client{Transport: contract.Transport(nil, contract.REST(t), func(err error) { t.Error(err) })}
func Transport(next http.RoundTripper, j *Judge, report func(error)) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return &judging{next, j, report}
}

type judging struct {
	next   http.RoundTripper
	judge  *Judge
	report func(error)
}

// RoundTrip sends the request on and judges it together with its answer.
func (t *judging) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context()) // a transport may not touch the caller's
	asked, err := drain(&req.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the request to judge it: %w", err)
	}
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	answered, err := drain(&resp.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the answer to judge it: %w", err)
	}
	for _, difference := range t.judge.Check(req, asked, resp, answered) {
		t.report(difference)
	}
	return resp, nil
}

// drain reads a body to its end and puts back one that reads the same.
func drain(body *io.ReadCloser) ([]byte, error) {
	if *body == nil || *body == http.NoBody {
		return nil, nil
	}
	all, err := io.ReadAll(*body)
	if cerr := (*body).Close(); err == nil {
		err = cerr
	}
	*body = io.NopCloser(bytes.NewReader(all))
	return all, err
}
