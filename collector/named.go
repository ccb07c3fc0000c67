package collector

import (
	"cmp"
	"context"

	"github.com/shurcooL/githubv4"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// REST finds a repository by its name, and a name may be given to another one
// between the listing and the call: what was read then belongs to somebody else.
// So what was read by name waits until the repository, asked for by its id, still
// has that name. Many are asked for at once: a query without connections is a point.

// reading is what was read by a repository's name.
type reading struct {
	of    place
	area  access.Area
	what  string
	keep  func(context.Context) error        // hands it on
	again func(context.Context, place) error // reads it by the name that the repository has now
}

const (
	idsAtOnce   = 100 // GitHub takes no more ids in one field
	namesAtOnce = 8 * idsAtOnce
	mostNames   = 3 // names under which one repository is tried
)

type namesQuery struct {
	A []*named `graphql:"a:nodes(ids:$a)" json:"a"`
	B []*named `graphql:"b:nodes(ids:$b)" json:"b"`
	C []*named `graphql:"c:nodes(ids:$c)" json:"c"`
	D []*named `graphql:"d:nodes(ids:$d)" json:"d"`
	E []*named `graphql:"e:nodes(ids:$e)" json:"e"`
	F []*named `graphql:"f:nodes(ids:$f)" json:"f"`
	G []*named `graphql:"g:nodes(ids:$g)" json:"g"`
	H []*named `graphql:"h:nodes(ids:$h)" json:"h"`

	Organization *factsAnswer `graphql:"organization(login:$org)"`
	Crew         *teamsAnswer `graphql:"crew:organization(login:$org)" json:"crew"`
	RateLimit    *github.RateLimit
}

// nameFields are the fields of a [namesQuery], and the variables with their ids.
var nameFields = []string{"a", "b", "c", "d", "e", "f", "g", "h"}

type named struct {
	Typename     string `graphql:"__typename" json:"__typename"`
	nameOfItself `graphql:"... on Repository"`
}

type nameOfItself struct {
	DatabaseID int64
	Name       string
}

// confirm takes a reading, and asks for the names of those that have gathered
// once they fill a query.
func (r *run) confirm(ctx context.Context, one reading) error {
	r.mu.Lock()
	r.readings = append(r.readings, one)
	var batch []reading
	if len(r.readings) >= namesAtOnce {
		batch, r.readings = r.readings, nil
	}
	r.mu.Unlock()
	return r.confirmAll(ctx, batch)
}

// confirmRest asks until no reading waits any more.
func (r *run) confirmRest(ctx context.Context) error {
	for {
		r.mu.Lock()
		batch := r.readings
		r.readings = nil
		r.mu.Unlock()
		if len(batch) == 0 {
			return nil
		}
		if err := r.confirmAll(ctx, batch); err != nil {
			return err
		}
	}
}

// confirmAll asks for the names of one batch, in halves where the server cannot
// bear it. A pass that is taken up asks anew: what a former run was told confirms
// nothing that this one read by name.
func (r *run) confirmAll(ctx context.Context, batch []reading) error {
	if len(batch) == 0 {
		return nil
	}
	var ids []githubv4.ID
	at := map[int64]int{}
	for _, one := range batch {
		if _, twice := at[one.of.id]; !twice {
			at[one.of.id] = len(ids)
			ids = append(ids, one.of.node)
		}
	}
	q, t, err := r.names(ctx, ids)
	if end := stopped(err); end != nil {
		return end
	}
	if heavy(err) && len(batch) > 1 {
		half := len(batch) / 2
		if err := r.confirmAll(ctx, batch[:half]); err != nil {
			return err
		}
		return r.confirmAll(ctx, batch[half:])
	}
	if err == nil && q.Organization == nil { // then nobody knows whose the names are
		err = missingNode(t.at("organization"))
	}
	for _, one := range batch {
		i := at[one.of.id]
		nodes, place := [][]*named{q.A, q.B, q.C, q.D, q.E, q.F, q.G, q.H}[i/idsAtOnce], i%idsAtOnce
		why := cmp.Or(err, t.at(nameFields[i/idsAtOnce], place))
		name := ""
		if why == nil && place < len(nodes) && nodes[place] != nil && nodes[place].DatabaseID == one.of.id {
			name = nodes[place].Name
		}
		if err := r.settleName(ctx, one, name, why); err != nil {
			return err
		}
	}
	return nil
}

// settleName hands a reading on, or reads again, or says that it cannot be told
// whose it is.
func (r *run) settleName(ctx context.Context, one reading, name string, why error) error {
	switch {
	case name == one.of.name:
		return one.keep(ctx)
	case name != "" && one.of.names+1 < mostNames:
		return one.again(ctx, place{id: one.of.id, node: one.of.node, name: name, names: one.of.names + 1})
	}
	g := partial("%s: the repository has another name each time it is asked for", one.what)
	if name == "" {
		g = gapOf(one.area, one.what+" were read by its name, which could not be confirmed", missingNode(why))
	}
	return r.finish(ctx, one.area, one.of.id, access.Rows{}, &g)
}
