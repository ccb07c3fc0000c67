package access

// Entity is a thing that the store keeps as a row: everything in entities.go
// with an id of its own.
type Entity interface {
	// Key is the numeric id within the entity's area.
	Key() int64
	// Label is the name people know it by, "" where it has none.
	Label() string
}

// Rows is what one scope of one area contains.
type Rows struct {
	Entities []Entity
	Grants   []Grant

	// Untold are fields of the entities that the credential is not told, by their
	// JSON keys. Where the rows are only some of the scope's, what an earlier read
	// was told of them stays.
	Untold []string
}

// Key and Label make each thing an [Entity].
func (o Organization) Key() int64     { return o.ID }
func (o Organization) Label() string  { return o.Login }
func (s Settings) Key() int64         { return 0 }
func (s Settings) Label() string      { return "" }
func (w WorkflowToken) Key() int64    { return 0 }
func (w WorkflowToken) Label() string { return "" }
func (t TeamInfo) Key() int64         { return t.ID }
func (t TeamInfo) Label() string      { return t.Slug }
func (r Repository) Key() int64       { return r.ID }
func (r Repository) Label() string    { return r.Name }
func (e Environment) Key() int64      { return e.ID }
func (e Environment) Label() string   { return e.Name }
func (g Gate) Key() int64             { return g.Env }
func (g Gate) Label() string          { return "" }
func (p Policy) Key() int64           { return p.Env }
func (p Policy) Label() string        { return "" }
func (s Secrets) Key() int64          { return s.Env }
func (s Secrets) Label() string       { return "" }
func (k DeployKey) Key() int64        { return k.ID }
func (k DeployKey) Label() string     { return k.Title }
func (c CustomRole) Key() int64       { return c.ID }
func (c CustomRole) Label() string    { return c.Name }
func (r OrgRole) Key() int64          { return r.ID }
func (r OrgRole) Label() string       { return r.Name }
func (i Invite) Key() int64           { return i.ID }
func (i Invite) Label() string        { return i.Login }
func (t TwoFactor) Key() int64        { return t.User }
func (t TwoFactor) Label() string     { return "" }
func (o Outside) Key() int64          { return o.User }
func (o Outside) Label() string       { return "" }
func (a Activity) Key() int64         { return a.User }
func (a Activity) Label() string      { return "" }
