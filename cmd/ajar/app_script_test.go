package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/eb661601/ajar/internal/githubsim"
)

// keys are made once: the app's, and one of nobody's.
var keys = sync.OnceValues(func() (*rsa.PrivateKey, *rsa.PrivateKey) {
	a, errA := rsa.GenerateKey(rand.Reader, 2048)
	b, errB := rsa.GenerateKey(rand.Reader, 2048)
	if errA != nil || errB != nil {
		panic("no randomness")
	}
	return a, b
})

// apps serves a GitHub on which an app is installed that lacks what no app is
// told ($APPS), one where it is suspended ($SUSPENDED), and one where it is not
// installed ($ELSEWHERE); its key, and another, lie in files of the script.
func apps(e *testscript.Env) error {
	key, other := keys()
	for name, change := range map[string]func(*githubsim.Installation){
		"APPS":      func(*githubsim.Installation) {},
		"SUSPENDED": func(in *githubsim.Installation) { in.SuspendedAt = time.Now() },
		"ELSEWHERE": func(in *githubsim.Installation) { in.AppID = 1 },
	} {
		s := httptest.NewServer(withApp(&key.PublicKey, change))
		e.Defer(s.Close)
		e.Setenv(name, s.URL)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	for name, block := range map[string]*pem.Block{
		"app.pem":   {Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)},
		"pkcs8.pem": {Type: "PRIVATE KEY", Bytes: pkcs8},
		"other.pem": {Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(other)},
	} {
		text := pem.EncodeToMemory(block)
		if err := os.WriteFile(filepath.Join(e.WorkDir, name), text, 0o600); err != nil {
			return err
		}
		if name == "app.pem" {
			e.Setenv("APP_KEY", strings.ReplaceAll(string(text), "\n", `\n`))
		}
	}
	return nil
}

func withApp(key *rsa.PublicKey, change func(*githubsim.Installation)) *githubsim.Server {
	w := two()
	w.ShiftTo(time.Now())
	for i, o := range w.Orgs {
		in := &githubsim.Installation{ID: 77 + int64(i), AppID: 4711, AppSlug: "audit", RepositorySelection: "all", Permissions: map[string]string{}, CreatedAt: w.Meta.Now}
		for _, p := range githubsim.AppScope.Permissions {
			name, level, _ := strings.Cut(p, ":")
			in.Permissions[name] = level
		}
		change(in)
		o.Installations = append(o.Installations, in)
	}
	return githubsim.New(w, githubsim.Options{
		Apps:   []githubsim.App{{ID: 4711, ClientID: "Iv1.audit", Slug: "audit", Name: "Audit", Key: key}},
		Tokens: []githubsim.Token{{Value: ownerToken, Scope: githubsim.OwnerScope}},
	})
}
