package notify

import (
	"context"
	"fmt"

	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/remediate"
)

// personal is a channel that can tell each of those who lose something what is theirs.
type personal interface {
	sendEach(ctx context.Context, m Message, notices []remediate.Notice) error
}

// toldBody is what the journal keeps of a notice: what it said, and what carried it.
type toldBody struct {
	remediate.Notice
	Channels []string `json:"channels"`
}

// newChannel makes a channel of the configuration.
func newChannel(c config.Channel, o Options) (Channel, error) {
	switch c.Kind {
	case config.Slack:
		return newSlack(c, o)
	case config.Webhook:
		return newWebhook(c, o)
	case config.Email:
		return newEmail(c, o)
	case config.Alertmanager:
		return newAlertmanager(c, o)
	case config.GitHubIssue:
		return newIssues(c, o)
	case config.Syslog:
		return newSyslog(c, o)
	}
	return nil, fmt.Errorf("no kind of channel is %q", c.Kind)
}
