package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/config"
)

// webhook sends the message itself, signed as Standard Webhooks has it
// (https://www.standardwebhooks.com): an HMAC-SHA256 over id, time and body.
type webhook struct {
	name string
	call *caller
	keys [][]byte // the newest first; each of them signs
	now  func() time.Time
}

func newWebhook(c config.Channel, o Options) (Channel, error) {
	call, err := newCaller(c, o)
	if err != nil {
		return nil, err
	}
	secrets, err := c.Signing(o.Getenv)
	if err != nil {
		return nil, err
	}
	w := &webhook{name: c.Name, call: call, now: o.Now}
	for _, s := range secrets {
		key, err := signingKey(s)
		if err != nil {
			return nil, err
		}
		w.keys = append(w.keys, key)
	}
	if len(w.keys) == 0 {
		return nil, errors.New("it has no secret to sign with")
	}
	return w, nil
}

// minKey is how short a signing secret may be, in bytes.
const minKey = 24

// signingKey reads a secret: the base64 behind "whsec_", else the text as it stands.
func signingKey(s config.Secret) ([]byte, error) {
	key := []byte(s.Reveal())
	if coded, ok := strings.CutPrefix(s.Reveal(), "whsec_"); ok {
		var err error
		if key, err = base64.StdEncoding.DecodeString(coded); err != nil {
			return nil, errors.New("its secret begins with whsec_ and is no base64 behind that (not shown)")
		}
	}
	if len(key) < minKey {
		return nil, fmt.Errorf("its secret has fewer than %d bytes (not shown): openssl rand -base64 32 makes one", minKey)
	}
	return key, nil
}

// Name is the one of the configuration.
func (w *webhook) Name() string { return w.name }

// Send posts the message.
func (w *webhook) Send(ctx context.Context, m Message) error {
	body, err := m.encode()
	if err != nil {
		return err
	}
	at := strconv.FormatInt(w.now().Unix(), 10)
	h := http.Header{}
	h.Set("Webhook-Id", m.ID)
	h.Set("Webhook-Timestamp", at)
	h.Set("Webhook-Signature", sign(w.keys, m.ID, at, body))
	return w.call.post(ctx, "", h, body)
}

// sign gives one signature for each key.
func sign(keys [][]byte, id, at string, body []byte) string {
	var out []string
	for _, k := range keys {
		h := hmac.New(sha256.New, k)
		h.Write([]byte(id + "." + at + "."))
		h.Write(body)
		out = append(out, "v1,"+base64.StdEncoding.EncodeToString(h.Sum(nil)))
	}
	return strings.Join(out, " ")
}
