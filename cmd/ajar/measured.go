package main

import (
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/metrics"
	"github.com/eb661601/ajar/remediate"
)

// knownMetrics are the closed lists that labels of metrics come from.
func knownMetrics(c *config.Config) metrics.Known {
	k := metrics.Known{Without: c.Collect.Without, Version: buildVersion().Version}
	for _, r := range analyzer.Rules() {
		k.Rules = append(k.Rules, metrics.RuleLabel{ID: r.ID, Severity: r.Severity})
	}
	for _, kind := range remediate.Kinds() {
		k.Actions = append(k.Actions, string(kind))
	}
	return k
}
