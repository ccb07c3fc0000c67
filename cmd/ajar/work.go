package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/clock"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/doctor"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

// work is what a command needs that goes through organizations.
type work struct {
	a        *app
	config   *config.Config
	orgs     []string
	store    *store.Store
	pass     audit.Pass
	shown    int          // views written so far
	all      bool         // tables fold nothing
	unseen   []report.Gap // why a view is not of the instant that was asked for
	implied  string       // the organization that the commands which a view suggests need not name
	progress *progress
	readers  *readers // nil: nobody asks GitHub
	told     []string // what is to be said once the bars are gone
	leading  atomic.Pointer[github.Client]
}

// work sets up: configuration, baseline, store, and unless offline the client.
// All that can be wrong without asking GitHub is found before it is asked.
func (a *app) work(ctx context.Context, without []string, offline bool) (*work, error) {
	w, err := a.prepare(without)
	if err != nil {
		return nil, err
	}
	if offline {
		return w, w.offline(ctx)
	}
	return w, w.online(ctx)
}

// prepare reads what the files and flags say.
func (a *app) prepare(without []string) (*work, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	if err := addWithout(c, without); err != nil {
		return nil, err
	}
	b, err := a.baseline(c)
	if err != nil {
		return nil, err
	}
	return &work{a: a, config: c, pass: audit.Pass{
		Baseline: b, Now: a.clock.Now, Highest: a.clock.Highest, Version: buildVersion().Version, Config: c.Hash(),
	}}, nil
}

func (w *work) online(ctx context.Context) error {
	err := w.connect(ctx)
	if err != nil {
		return err
	}
	w.store, err = w.a.open(ctx, w.config)
	w.pass.Store = w.store
	w.pass.Answers = w.a.storePath(w.config) + ".answers"
	w.pass.Resume, w.pass.Version = w.config.Collect.Resume, buildVersion().Version // init prepares by itself
	return err
}

// connect makes the client, and settles how it collects.
func (w *work) connect(ctx context.Context) (err error) {
	if w.orgs, err = organizations(w.config); err != nil {
		return err
	}
	w.progress = w.a.newProgress(w.spent)
	w.a.waiting = w.progress.waiting
	if w.readers, err = w.a.readers(ctx, w.config); err != nil {
		return err
	}
	if err := w.readers.lead(&w.pass, w.orgs[0]); err != nil {
		return err
	}
	w.leading.Store(w.pass.Client)
	log, err := w.a.log()
	if err != nil {
		return err
	}
	w.pass.Collect = collector.Options{
		Now: w.a.now, Log: log, Without: w.config.Collect.Without, Progress: w.progress.area,
		ActivityWindow: w.config.Collect.ActivityWindow, Concurrency: w.config.Collect.Concurrency,
		Every: w.config.Collect.Every, TierCalls: w.config.Collect.TierCalls,
	}
	return nil
}

// spent is what the preferred credential has spent so far, and what is left of the budget.
func (w *work) spent() (github.Meter, map[string]github.Budget) {
	c := w.leading.Load()
	return c.Meter(), c.Budgets()
}

// readAll has every kind of data read in this pass.
func (w *work) readAll(fresh bool) {
	w.pass.Collect.Fresh = fresh
}

// offline opens the store that is there. It is opened to write, for the lives of
// the findings are kept in it.
func (w *work) offline(ctx context.Context) (err error) {
	if err := w.a.mustExist(w.config); err != nil {
		return err
	}
	if w.store, err = w.a.open(ctx, w.config); err != nil {
		return err
	}
	w.pass.Store = w.store
	w.orgs, err = w.a.asked(ctx, w.store, w.config)
	return err
}

// each goes through the organizations, one after another. An organization that
// fails is reported and does not keep the others from their turn; after an
// interruption there is no next one.
func (w *work) each(ctx context.Context, do func(context.Context, audit.Pass) error) {
	for _, org := range w.orgs {
		p := w.pass
		p.Org = org
		w.one(ctx, p, do)
		if ctx.Err() != nil {
			return
		}
	}
}

func (w *work) one(ctx context.Context, p audit.Pass, do func(context.Context, audit.Pass) error) {
	w.a.garbage(whileReading, roomReading)
	w.progress.begin(p.Org)
	var err error
	if w.readers != nil {
		err = w.readers.lead(&p, p.Org)
		w.leading.Store(p.Client)
		p.Tell = func(line string) { w.told = append(w.told, p.Org+": "+line) }
	}
	if err == nil {
		err = do(ctx, p)
	}
	w.quiet()
	if err != nil {
		w.a.fail(ctx, w.missing(ctx, err, p.Org))
	}
	w.a.tellSkew(w.readers)
}

// tellSkew says once that the clock of this machine is wrong, or that GitHub's
// contradicts itself. An app's credential tells the former by itself.
func (a *app) tellSkew(r *readers) {
	if off := a.clock.Skew(); off.Abs() > clock.Apart && !a.skewed && (r == nil || r.list[0].key == nil) {
		a.remark("warning: the clock of this machine is %s GitHub's: set it right; what ends is judged by GitHub's", doctor.Off(off))
		a.skewed = true
	}
	if why := a.clock.Doubt(); why != "" && !a.doubted {
		a.remark("warning: %s; no plan may run until they agree", why)
		a.doubted = true
	}
}

// quiet ends the bars, and says what was to be said meanwhile.
func (w *work) quiet() {
	w.progress.end()
	for _, line := range w.told {
		w.a.remark("%s", line)
	}
	w.told = nil
}

// alone settles that suggested commands, which are about what is stored, need not name
// the organization where the store has no other.
func (w *work) alone(ctx context.Context, org string) error {
	stored, err := w.store.Orgs(ctx)
	if !slices.ContainsFunc(stored, func(o access.Organization) bool { return !strings.EqualFold(o.Login, org) }) {
		w.implied = org
	}
	return err
}

// missing says in one line that GitHub knows no such organization.
func (w *work) missing(ctx context.Context, err error, org string) error {
	if !errors.Is(err, audit.ErrNoOrganization) {
		return err
	}
	host := w.config.GitHub.APIURL
	if u, bad := url.Parse(host); bad == nil {
		host = u.Host
	}
	if collector.IsPerson(ctx, w.leading.Load(), org) {
		return withHint(usage("%s is a person's account at %s, and no organization", org, host), "name an organization: --org LOGIN")
	}
	return withHint(usage("no organization %s at %s that this token can see", org, host),
		"check the spelling; GitHub hides what a token may not see, and single sign-on must have accepted it")
}

// show writes a view; in CSV those of several organizations make one
// table, and tables stand apart.
func (w *work) show(v report.View) error {
	w.quiet()
	o := w.a.options()
	o.Append, o.Implied, o.All = w.shown > 0, cmp.Or(w.implied, o.Implied), w.all
	w.shown++
	f, err := w.a.format()
	if err != nil {
		return err
	}
	if o.Append && f == report.Table {
		if _, err := io.WriteString(w.a.out, "\n"); err != nil {
			return err
		}
	}
	return report.Write(w.a.out, v, f, o)
}

func (w *work) close() {
	if w.store != nil {
		w.a.closing(w.store)
	}
}

// addWithout lays --without over the configuration.
func addWithout(c *config.Config, names []string) error {
	for _, n := range names {
		area := access.Area(n)
		if !slices.Contains(access.Areas, area) {
			return withHint(usage("--without %q is not an area", n), "%s", baseline.Suggest(n, areaNames()))
		}
		c.Collect.Without = append(c.Collect.Without, area)
	}
	return nil
}
