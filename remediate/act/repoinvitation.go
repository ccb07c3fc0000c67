package act

import (
	"context"
	"errors"
)

// repoInvite is a pending invitation to a repository.
type repoInvite struct {
	ID      int64 `json:"id"`
	Invitee *struct {
		ID     int64  `json:"id"`
		NodeID string `json:"node_id"`
		Login  string `json:"login"`
	} `json:"invitee"`
	Permissions string `json:"permissions"` // read, write, maintain, triage, admin
}

func (h *Hands) repoInvitations(ctx context.Context, org, repo string) ([]repoInvite, error) {
	rows, err := list(ctx, h, path("repos", org, repo, "invitations"), func(i repoInvite) int64 { return i.ID })
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.Permissions == "" {
			return nil, errors.New("an invitation to the repository came without its permission")
		}
	}
	return rows, nil
}
