package main

import (
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// receivers puts a server that takes messages (HOOK) and one that takes none (NOHOOK)
// into a script; HOOK_CA is the file of their certificate, and what was taken is
// appended to told.txt.
func receivers(e *testscript.Env) error {
	var mu sync.Mutex
	told := filepath.Join(e.WorkDir, "told.txt")
	take := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		body, _ := io.ReadAll(r.Body)
		f, err := os.OpenFile(told, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return
		}
		fmt.Fprintf(f, "%s %s %s\n", r.URL.Path, r.Header.Get("Webhook-Signature"), body)
		_ = f.Close()
	})
	for name, h := range map[string]http.Handler{"HOOK": take, "NOHOOK": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })} {
		s := httptest.NewTLSServer(h)
		e.Defer(s.Close)
		e.Setenv(name, s.URL)
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
		if err := os.WriteFile(filepath.Join(e.WorkDir, "hook-ca.pem"), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}
