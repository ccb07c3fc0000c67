package config

import (
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
)

func TestChannelsSayWhatIsWrongWithThem(t *testing.T) {
	for text, want := range map[string]string{
		`kind = "slack"` + "\n" + `url_env = "U"`: "has no name",
		`name = "a"`:                           "has no kind",
		`name = "a"` + "\n" + `kind = "pager"`: `"pager" is not a kind of channel`,
		`name = "a"` + "\n" + `kind = "slack"`: "a channel of kind slack needs url_env or url_file",
		`name = "a"` + "\n" + `kind = "slack"` + "\n" + `url = "https://hooks.example.com/hush"`:         "a channel of kind slack has no use for it",
		`name = "a"` + "\n" + `kind = "slack"` + "\n" + `url_env = "U"` + "\n" + `url_file = "f"`:        "url_env and url_file say the same",
		`name = "a"` + "\n" + `kind = "webhook"` + "\n" + `url = "https://example.com"`:                  "needs secret_env or secret_file",
		`name = "a"` + "\n" + `kind = "webhook"` + "\n" + `url = "https://me:hush@example.com"`:          "a user name or password in it (not shown)",
		`name = "a"` + "\n" + `kind = "alertmanager"` + "\n" + `url = "ftp://example.com"`:               "is not a URL (not shown)",
		`name = "a"` + "\n" + `kind = "alertmanager"` + "\n" + `url = "https://x"` + "\n" + `user = "u"`: "user and a password go together",
		`name = "a"` + "\n" + `kind = "email"` + "\n" + `host = "mail.example.com"`:                      "is not the address of a server",
		`name = "a"` + "\n" + `kind = "email"` + "\n" + `from = "a@b.c\r\nBcc: x@y.z"`:                   "is not a mail address",
		`name = "a"` + "\n" + `kind = "email"` + "\n" + `to = []`:                                        "is empty",
		`name = "a"` + "\n" + `kind = "email"` + "\n" + `tls = "yes"`:                                    `"yes" is not a way`,
		`name = "a"` + "\n" + `kind = "github-issue"` + "\n" + `repository = "acme"`:                     "is not a repository",
		`name = "a"` + "\n" + `kind = "slack"` + "\n" + `url_env = "https://hooks.example.com/hush"`:     "is not the name of a variable (not shown)",
	} {
		_, err := Parse("config.toml", []byte("[[notify.channel]]\n"+text+"\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngives %v, want %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%s\nshows a secret: %v", text, err)
		}
	}
	for text, want := range map[string]string{
		`allow_addresses = ["here"]`:             `"here" is no address and no network`,
		`people = { "a b" = "a@example.com" }`:   "is not a login",
		`people = { ann = "ann" }`:               "is not a mail address",
		"[[notify.route]]\nkinds = [\"all\"]":    "is not a kind of notice",
		"[[notify.route]]\nseverity = \"none\"":  "is not a severity",
		"[[notify.route]]\nchannels = [\"ops\"]": `there is no channel "ops"`,
	} {
		_, err := Parse("config.toml", []byte("[notify]\n"+text+"\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngives %v, want %q", text, err, want)
		}
	}
}

func TestRouteThatSaysNothingIsTheDefault(t *testing.T) {
	c, err := Parse("config.toml", []byte("[[notify.route]]\n[[notify.route]]\ndigest = \"none\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	if r := c.Notify.Routes; len(r) != 2 || r[0].Severity != access.High || r[0].Digest != access.Low || r[1].Digest != access.NoSeverity {
		t.Errorf("%+v", r)
	}
}
