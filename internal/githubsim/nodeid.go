package githubsim

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"
	"strings"
)

// nodePrefixes start the node ids of each type, as GitHub's do.
var nodePrefixes = map[string]string{
	"Organization": "O", "User": "U", "Bot": "BOT", "Team": "T", "Repository": "R", "Environment": "EN", "App": "A",
	"BranchProtectionRule": "BPR", "RepositoryRuleset": "RRS", "DeployKey": "PK", "Deployment": "DE", "Ref": "REF",
	"OrganizationInvitation": "OI", "PushAllowance": "PA", "BypassPullRequestAllowance": "BPRA", "BypassForcePushAllowance": "BFPA",
	"ReviewDismissalAllowance": "RDA", "RepositoryRulesetBypassActor": "RRBA", "Installation": "IN", "RepositoryInvitation": "RI",
	"CustomRule": "GA", "Gate": "GA",
}

// nodeID is the GraphQL id (REST: node_id) of the thing of a type with a
// number. Clients must take it as opaque.
func nodeID(typ string, id int64) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(id))
	return nodePrefixes[typ] + "_kwDO" + base64.RawURLEncoding.EncodeToString(raw)
}

// nodeIDOf is the id of a thing that has a name within something else, but no
// number.
func nodeIDOf(typ string, parts ...string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strings.Join(parts, "\n"))) // never fails
	return nodeID(typ, int64(h.Sum64()))
}

// node finds what a node id names; nil when there is nothing.
func (x *Index) node(id string) any {
	prefix, rest, _ := strings.Cut(id, "_kwDO")
	raw, err := base64.RawURLEncoding.DecodeString(rest)
	if err != nil || len(raw) != 8 {
		return nil
	}
	n := int64(binary.BigEndian.Uint64(raw))
	for typ, things := range x.byID {
		if nodePrefixes[typ] == prefix {
			return things[n]
		}
	}
	return nil
}

// typeOf names the object type of a value that an interface or union stands for.
func typeOf(v any) string {
	switch v := v.(type) {
	case *User:
		return v.Type
	case *orgIndex:
		return "Organization"
	case repoOf:
		return "Repository"
	case teamOf:
		return "Team"
	case envOf:
		return "Environment"
	case protectionOf:
		return "BranchProtectionRule"
	case rulesetOf:
		return "RepositoryRuleset"
	case keyOf:
		return "DeployKey"
	case deploymentOf:
		return "Deployment"
	case app:
		return "App"
	}
	return ""
}
