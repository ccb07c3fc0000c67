package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/store"
)

// Room on the disk: below the first an audit may end for want of it, below the
// second it is worth a word.
const (
	tight = 64 << 20
	low   = 512 << 20
)

// openStore opens the store to read, for the checks that come before its own. What
// is wrong with it is told where it is looked at.
func (d *doctor) openStore(ctx context.Context) {
	o := store.Options{ReadOnly: true, Now: d.Now}
	if d.Config != nil {
		o.KeyFile = d.Config.Journal.KeyFile
	}
	s, err := store.Open(ctx, d.StorePath, o)
	if err == nil {
		d.store = s
	}
}

// signs looks whether the journal can be signed on: without that nothing is changed.
func (d *doctor) signs(ctx context.Context) {
	err := d.store.KeyAtHand(ctx)
	if err == nil {
		return
	}
	if errors.Is(err, store.ErrTampered) {
		d.add(Check{About: Store, Name: d.StorePath, Mark: Warning, Found: err.Error(), Do: d.Program + " journal verify"})
		return
	}
	d.add(Check{About: Store, Name: d.store.KeyFile(), Mark: Warning, Found: "the journal cannot be signed, so nothing is decided or changed: " + err.Error(),
		Do: "put the key back, or go on with a new one: " + d.Program + " keys rotate --lost --reason WHY"})
}

func (d *doctor) closeStore() {
	if d.store != nil {
		_ = d.store.Close() // it was only read from
	}
}

// lookAtStore surveys the file and its folder, and what is in it.
func (d *doctor) lookAtStore(ctx context.Context) {
	at, err := store.Inspect(ctx, d.StorePath)
	if err != nil {
		d.add(d.unusable(at, err))
		return
	}
	c := d.file(ctx, at)
	if c.Mark != Failed && at.FreeKnown && at.Free >= low && at.Free >= at.Size/2 {
		c.Found += "; " + bytes(at.Free) + " are free on its disk"
	}
	d.add(c)
	d.around(at)
	d.stops()
	if d.store == nil {
		return
	}
	if at := d.store.Restored(); !at.IsZero() {
		d.add(Check{About: Store, Mark: Warning, Found: "a backup was put back, noticed " + moment(at) + "; what happened since it was made is not in it, and no plan may run",
			Do: "collect every organization, look at what is different, then: " + d.Program + " store accept-rollback --reason WHY"})
	}
	d.signs(ctx)
	orgs, err := d.store.Orgs(ctx)
	if err != nil {
		d.add(d.explained(Store, "", err))
		return
	}
	for _, o := range orgs {
		d.holds(ctx, o)
	}
}

// stops tells of requests to stop that stand beside the store.
func (d *doctor) stops() {
	all, err := store.Stops(d.StorePath)
	if d.store == nil && errors.Is(err, fs.ErrNotExist) {
		return // not even the folder is there yet, so nobody can ask in it
	}
	if err != nil {
		d.add(d.explained(Store, d.StorePath, err))
		return
	}
	for _, s := range all {
		whom, found := s.Login, "somebody asks to stop, and no plan runs: "+s.Why()
		if s.Broken != "" || s.Org == 0 {
			whom = "every organization"
		}
		d.add(Check{About: Store, Name: whom, Mark: Warning, Found: found,
			Do: "whatever writes to the store next makes a hold of it, such as: " + d.Program + " hold --reason TEXT"})
	}
}

// file says whether the store is there and can be used.
func (d *doctor) file(ctx context.Context, at store.Survey) Check {
	c := Check{About: Store, Name: at.Path, Mark: OK}
	if d.store != nil {
		c.Found = fmt.Sprintf("%s, schema %d, sound", bytes(at.Size), at.Schema)
		if at.Size > 64<<20 {
			c.Found = fmt.Sprintf("%s, schema %d; %s store check examines all of it", bytes(at.Size), at.Schema, d.Program)
		}
		return c
	}
	s, err := store.Open(ctx, d.StorePath, store.Options{ReadOnly: true, Now: d.Now})
	switch {
	case err == nil: // it came while the others were looked at
		d.store = s
		c.Found = fmt.Sprintf("%s, schema %d", bytes(at.Size), at.Schema)
	case errors.Is(err, store.ErrOlder):
		c.Mark, c.Found = Note, fmt.Sprintf("schema %d, made by an older ajar", at.Schema)
		c.Do = fmt.Sprintf("nothing has to be done: the next audit brings it up to schema %d, after a copy", at.Known)
	case errors.Is(err, store.ErrNoStore) && !at.Missed:
		c.Mark, c.Found = Note, "not there yet: the first audit makes it"
	default:
		return d.unusable(at, err)
	}
	return c
}

// unusable says why a store cannot be used. The store's own errors name it, and
// end with what to do.
func (d *doctor) unusable(at store.Survey, err error) Check {
	c := d.explained(Store, at.Path, err)
	c.Found = strings.TrimPrefix(c.Found, "store "+at.Path+": ")
	if i := strings.LastIndex(c.Found, "; "); i > 0 && c.Do == "" {
		c.Found, c.Do = c.Found[:i], c.Found[i+2:]
	}
	return c
}

// around looks at the folder, the disk and who else is there.
func (d *doctor) around(at store.Survey) {
	add := func(m Mark, found, do string) {
		d.add(Check{About: Store, Name: at.Path, Mark: m, Found: found, Do: do})
	}
	if at.Barred != nil {
		add(Failed, "it cannot be written: "+at.Barred.Error(), "run ajar as the owner of the file and its folder, or name another: --store FILE")
	}
	if d.store != nil && at.Shared {
		add(Warning, "others on this machine can read it", "chmod 600 "+at.Path)
	}
	if at.Writer != "" {
		add(Note, "another ajar is writing to it ("+at.Writer+"); an audit has to wait until that has finished", "")
	}
	if at.FreeKnown {
		found := bytes(at.Free) + " are free on its disk"
		switch {
		case at.Free < tight:
			add(Failed, found+", which is too little", "free some, or keep the store elsewhere: --store FILE")
		case at.Free < low, at.Free < at.Size/2:
			add(Warning, found, "see that it does not fill up; "+d.Program+" store compact may give some back")
		}
	}
	for _, a := range at.Answers {
		add(OK, fmt.Sprintf("%s holds answers of GitHub from %s, %s", a.Name, moment(a.At), bytes(a.Size)), "")
	}
}

// holds says what keeps plans of an organization from being made.
func (d *doctor) holds(ctx context.Context, o access.Organization) {
	all, err := d.store.Holds(ctx, o.ID)
	if err != nil {
		d.add(d.explained(Store, o.Login, err))
		return
	}
	for _, h := range all {
		if h.Kind == store.HeldForRollback {
			continue // told of the store
		}
		d.add(Check{About: Store, Name: o.Login, Mark: Warning, Found: "on hold since " + moment(h.Since) + ": " + h.Reason,
			Do: fmt.Sprintf("look at it, then: %s resume --org %s", d.Program, o.Login)})
	}
}

func bytes(n int64) string {
	const unit = 1000
	if n < unit {
		return count(int(n), "byte")
	}
	f, u := float64(n)/unit, 0
	for f >= unit && u < 3 {
		f, u = f/unit, u+1
	}
	return fmt.Sprintf("%.1f %s", f, []string{"kB", "MB", "GB", "TB"}[u])
}
