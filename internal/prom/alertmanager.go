package prom

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// Notice is an alert as it arrives at a receiver.
type Notice struct {
	Status      string            `json:"status"` // firing or resolved
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// Alertmanager is one that runs, with a receiver that it tells.
type Alertmanager struct {
	Addr     string // HOST:PORT
	p        *process
	receiver *http.Server
}

// StartAlertmanager starts an Alertmanager whose every alert is handed to arrived.
func StartAlertmanager(ctx context.Context, dir string, arrived func(Notice)) (*Alertmanager, error) {
	path, err := find("prometheus-alertmanager", "alertmanager")
	if err != nil {
		return nil, err
	}
	addr, err := free(ctx)
	if err != nil {
		return nil, err
	}
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for alerts: %w", err)
	}
	a := &Alertmanager{Addr: addr, receiver: &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: receive(arrived)}}
	go func() { _ = a.receiver.Serve(l) }() // until it is closed
	text := fmt.Sprintf("route: {receiver: here, group_by: [alertname, org], group_wait: 1s, group_interval: 2s, repeat_interval: 1h}\n"+
		"receivers:\n  - name: here\n    webhook_configs: [{url: 'http://%s/', send_resolved: true}]\n", l.Addr())
	file := filepath.Join(dir, "alertmanager.yml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("configuring Alertmanager: %w", err)
	}
	a.p, err = start(ctx, "http://"+addr+"/-/ready", path, "--config.file="+file, "--storage.path="+filepath.Join(dir, "alerts"),
		"--web.listen-address="+addr, "--cluster.listen-address=", "--log.level=warn")
	if err != nil {
		_ = a.receiver.Close()
		return nil, err
	}
	return a, nil
}

func receive(arrived func(Notice)) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		var body struct{ Alerts []Notice }
		if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, 1<<20)).Decode(&body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		for _, n := range body.Alerts {
			arrived(n)
		}
	}
}

// Close ends it.
func (a *Alertmanager) Close() {
	a.p.close()
	_ = a.receiver.Close()
}
