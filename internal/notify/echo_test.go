package notify

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"strings"
	"sync"
	"testing"

	"github.com/eb661601/ajar/internal/config"
)

// whoever answers a connection, over TLS where a certificate is given, as it likes.
func talking(t *testing.T, cert *tls.Certificate, talk func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if cert != nil {
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12})
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wait.Go(func() { talk(c); _ = c.Close() })
		}
	})
	t.Cleanup(func() { _ = l.Close(); wait.Wait() })
	return addr
}

const inThePath = "T0SECRET/B0SECRET/wK6ySECRETx"

// A receiver that says again what it was sent must not get the address, or the token,
// into an error, which goes to the log, the store and the screen.
func TestNoErrorRepeatsWhatAReceiverRepeats(t *testing.T) {
	r := receive(t)
	cert := r.TLS.Certificates[0]
	request := func(c net.Conn) (line, token string) {
		q, err := http.ReadRequest(bufio.NewReader(c))
		if err != nil {
			return "", ""
		}
		_, _ = io.Copy(io.Discard, q.Body)
		return q.Method + " " + q.URL.Path, q.Header.Get("Authorization")
	}
	for name, talk := range map[string]func(net.Conn){
		"the first line": func(c net.Conn) { line, _ := request(c); fmt.Fprintf(c, "%s HTTP/9.9\r\n\r\n", line) },
		"a header": func(c net.Conn) {
			line, token := request(c)
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\n%s %s\r\n\r\n", line, token)
		},
		"a bad redirect": func(c net.Conn) {
			line, _ := request(c)
			fmt.Fprintf(c, "HTTP/1.1 302 Found\r\nLocation: https://[%s\r\nContent-Length: 0\r\n\r\n", line)
		},
		"a length": func(c net.Conn) {
			line, token := request(c)
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %s%s\r\n\r\n", line, token)
		},
		"a coding": func(c net.Conn) {
			line, token := request(c)
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: %s%s\r\n\r\n", line, token)
		},
		"the status line": func(c net.Conn) {
			line, token := request(c)
			fmt.Fprintf(c, "HTTP/1.1 500 %s %s\r\nContent-Length: 0\r\n\r\n", line, token)
		},
		"nothing": func(c net.Conn) { request(c) },
	} {
		t.Run(name, func(t *testing.T) {
			at := "https://" + talking(t, &cert, talk) + "/services/" + inThePath
			l := newLab(t, config.Notify{AllowAddresses: []string{"127.0.0.1"}, Channels: []config.Channel{
				{Name: "ops", Kind: config.Slack, URLEnv: "URL", CAFile: r.ca},
				{Name: "alerts", Kind: config.Alertmanager, URL: at, TokenEnv: "TOKEN", CAFile: r.ca},
			}})
			l.env["URL"], l.env["TOKEN"] = at, "tokenSECRETtoken"
			l.start()
			for _, channel := range []string{"ops", "alerts"} {
				err := l.n.Test(t.Context(), channel)
				if err == nil || strings.Contains(err.Error(), "SECRET") {
					t.Errorf("%s: %v", channel, err)
				}
			}
		})
	}
}

func TestNoErrorRepeatsThePasswordThatAMailServerRepeats(t *testing.T) {
	r := receive(t)
	const password = "hunter2-SECRET"
	for name, answer := range map[string]string{"refused": "535 5.7.8 %s", "not understood": "500 unrecognized: %s", "no answer": "%s"} {
		cert := r.TLS.Certificates[0]
		addr := talking(t, &cert, func(c net.Conn) {
			w := textproto.NewConn(c)
			_ = w.PrintfLine("220 here")
			for {
				line, err := w.ReadLine()
				if err != nil {
					return
				}
				if strings.HasPrefix(line, "EHLO") {
					_ = w.PrintfLine("250-here\r\n250 AUTH PLAIN")
					continue
				}
				coded := strings.TrimPrefix(line, "AUTH PLAIN ")
				text, _ := base64.StdEncoding.DecodeString(coded)
				_ = w.PrintfLine(answer, coded+" "+strings.ReplaceAll(string(text), "\x00", " "))
			}
		})
		l := newLab(t, config.Notify{AllowAddresses: []string{"127.0.0.1"}, Channels: []config.Channel{{
			Name: "mail", Kind: config.Email, Host: addr, TLS: "tls", From: "a@example.com", To: []string{"b@example.com"},
			User: "ajar", PasswordEnv: "PASSWORD", CAFile: r.ca,
		}}})
		l.env["PASSWORD"] = password
		l.start()
		err := l.n.Test(t.Context(), "mail")
		coded := base64.StdEncoding.EncodeToString([]byte("\x00ajar\x00" + password))
		if err == nil || strings.Contains(err.Error(), password) || strings.Contains(err.Error(), coded[:12]) {
			t.Errorf("%s: %v", name, err)
		}
		if name == "refused" && !strings.Contains(err.Error(), "535 5.7.8") {
			t.Errorf("why is not said: %v", err)
		}
	}
}

func TestAMailServerThatNeverEndsItsLineIsCutOff(t *testing.T) {
	sent := make(chan int, 1)
	addr := talking(t, nil, func(c net.Conn) {
		n := 0
		_, _ = io.WriteString(c, "220 ")
		for n < 256<<20 {
			m, err := c.Write([]byte(strings.Repeat("x", 64<<10)))
			n += m
			if err != nil {
				break
			}
		}
		sent <- n
	})
	l := newLab(t, config.Notify{AllowAddresses: []string{"127.0.0.1"}, Channels: []config.Channel{{
		Name: "mail", Kind: config.Email, Host: addr, From: "a@example.com", To: []string{"b@example.com"},
	}}})
	l.start()
	if err := l.n.Test(t.Context(), "mail"); err == nil || !strings.Contains(err.Error(), "more than is listened to") {
		t.Errorf("%v", err)
	}
	if n := <-sent; n > 32<<20 {
		t.Errorf("%d MiB were read", n>>20)
	}
}
