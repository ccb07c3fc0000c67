package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/eb661601/ajar/internal/githubsim"
)

// audit measures the first load of an organization, and the next one with nothing
// changed; the same of audits, which judge and report what was loaded; and the
// judgement alone.
func audit(ctx context.Context, dir, binary, name string, size githubsim.Size, times int, into numbers) error {
	r, err := serve(ctx, dir, binary, size, githubsim.GenOptions{PlainRoles: true})
	if err != nil {
		return err
	}
	defer r.stop()
	key := func(what string) string { return "audit " + name + " " + what }
	for range times {
		if err := r.loads(ctx, key, into); err != nil {
			return err
		}
		if err := r.forget(); err != nil {
			return err
		}
		r.sim.ResetMeters()
		first, err := r.audit(ctx, "--fresh", "--without", tiers)
		if err != nil {
			return err
		}
		r.count(size, key, into)
		again, err := r.audit(ctx, "--without", tiers)
		if err != nil {
			return err
		}
		judge, err := r.audit(ctx, "--offline", "--without", tiers, "-o", "json")
		if err != nil {
			return err
		}
		into.best(key("first"), first.cpu.Seconds(), false)
		into.best(key("again"), again.cpu.Seconds(), false)
		into.best(key("judge"), judge.cpu.Seconds(), false)
		into.best(key("peak"), max(first.peak, again.peak), false)
	}
	found, err := r.findings()
	if err != nil || size.Repositories > githubsim.L.Repositories {
		return err
	}
	into[key("findings")] = float64(found)
	if err := r.forget(); err != nil {
		return err
	}
	r.gaps = true // the areas that are read once a day are spread over passes
	usual, err := r.audit(ctx)
	if err != nil {
		return err
	}
	r.gaps = false
	into[key("usual")] = usual.cpu.Seconds()
	if err := r.forget(); err != nil {
		return err
	}
	all, err := r.audit(ctx, "--fresh")
	into[key("with-tiers")] = all.cpu.Seconds()
	return err
}

// loads measures reading an organization into a store, without judging it: as the
// first thing, and again with nothing changed.
func (r *rig) loads(ctx context.Context, key func(string) string, into numbers) error {
	if err := r.forget(); err != nil {
		return err
	}
	first, err := r.run(ctx, "collect", "--fresh", "--without", tiers)
	if err != nil {
		return err
	}
	again, err := r.run(ctx, "collect", "--without", tiers)
	if err != nil {
		return err
	}
	into.best(key("load"), first.cpu.Seconds(), false)
	into.best(key("reload"), again.cpu.Seconds(), false)
	return nil
}

// rolesToo measures loads of L where the organization has custom roles.
func rolesToo(ctx context.Context, dir, binary string, into numbers) error {
	r, err := serve(ctx, dir, binary, githubsim.L, githubsim.GenOptions{})
	if err != nil {
		return err
	}
	defer r.stop()
	if err := r.loads(ctx, func(what string) string { return "audit " + withRoles + " " + what }, into); err != nil {
		return err
	}
	return r.forget()
}

// base measures by how much a base permission changes the number of requests: the
// grants are read, never who reaches what by them.
func base(ctx context.Context, dir, binary string, into numbers) error {
	var asked []float64
	for _, permission := range []string{"none", "read"} {
		r, err := serve(ctx, dir, binary, githubsim.S, githubsim.GenOptions{BasePermission: permission})
		if err != nil {
			return err
		}
		_, err = r.audit(ctx, "--fresh", "--without", tiers)
		asked = append(asked, float64(r.sim.Meters().Total.Requests))
		r.stop()
		if err != nil {
			return err
		}
		if err := r.forget(); err != nil {
			return err
		}
	}
	into["audit S base"] = 100 * math.Abs(asked[1]-asked[0]) / asked[0]
	return nil
}

// count notes what the server was asked for, contributions apart, which the
// budget counts by themselves.
func (r *rig) count(size githubsim.Size, key func(string) string, into numbers) {
	var c githubsim.Count
	m, n := r.sim.Meters(), float64(size.Repositories)
	for shape, of := range m.GraphQL {
		if shape != "nodes(User)" {
			c.Requests += of.Requests
			c.Points += of.Points
		}
	}
	rest := 0
	for _, of := range m.REST {
		rest += of.Requests
	}
	into[key("queries")], into[key("points")], into[key("rest")] = float64(c.Requests)/n, float64(c.Points)/n, float64(rest)/n
}

// findings counts those in the report that lies there, which is JSON.
func (r *rig) findings() (int, error) {
	text, err := os.ReadFile(filepath.Join(r.dir, "report"))
	if err != nil {
		return 0, fmt.Errorf("reading the report: %w", err)
	}
	var doc struct {
		Findings []json.RawMessage `json:"findings"`
	}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&doc); err != nil {
		return 0, fmt.Errorf("reading the report: %w", err)
	}
	return len(doc.Findings), nil
}
