package config

import (
	"strings"
	"testing"
)

func TestASyslogChannelHasAHostOrASocket(t *testing.T) {
	const head = "[[notify.channel]]\nname = \"siem\"\nkind = \"syslog\"\n"
	for text, want := range map[string]string{
		"":                                    "a channel of kind syslog needs host or socket",
		"host = \"siem\"\n":                   `notify.channel[0].host: "siem" is not the address of a server`,
		"host = \"a:1\"\nsocket = \"/s\"\n":   "host and socket say the same",
		"host = \"a:1\"\ntransport = \"x\"\n": `notify.channel[0].transport: "x" is not a transport (allowed: tcp, tls, udp)`,
		"host = \"a:1\"\npayload = \"xml\"\n": `notify.channel[0].payload: "xml" is not a payload`,
		"socket = \"/dev/log\"\ntransport = \"udp\"\n": "socket is on this machine, and transport and ca_file are for a host",
		"host = \"a:1\"\nsecret_env = \"S\"\n":         "a channel of kind syslog has no use for it",
	} {
		_, err := Parse("c.toml", []byte(head+text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"host = \"siem.example.com:6514\"\nca_file = \"ca.pem\"\n", "socket = \"/dev/log\"\npayload = \"json\"\n", "host = \"[fd00::1]:514\"\ntransport = \"udp\"\n"} {
		if _, err := Parse("c.toml", []byte(head+text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}
