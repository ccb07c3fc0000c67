package dashboards

import (
	"slices"
	"strings"
)

// All lists the dashboards by the name of their file.
func All() map[string]Board {
	return map[string]Board{
		"posture.json":     posture(),
		"collection.json":  collection(),
		"remediation.json": remediation(),
		"daemon.json":      daemon(),
	}
}

const (
	stat   = "stat"
	bars   = "bargauge"
	lines  = "timeseries"
	stacks = "stacked" // time series, one upon the other
	table  = "table"
)

// The colours, from harmless to grave. Their lightness falls in the same order, so
// that they can be told apart in grey, and each state has a word or a number beside
// its colour.
const (
	calm   = "#73BF69"
	notice = "#F2CC0C"
	bad    = "#E0226E"
	plain  = "#8AB8FF"
)

var bySeverity = []paint{{"critical", "#B0123B"}, {"high", "#F0682F"}, {"medium", "#F2CC0C"}, {"low", "#A7D5F2"}, {"info", "#E3E8ED"}}

// paint gives a series of this name a colour.
type paint struct{ name, color string }

// q is a query and how its series are called.
type q struct{ expr, legend string }

// mark is a colour from a value on.
type mark struct {
	from  float64
	color string
}

// look is what a panel shows.
type look struct {
	title, about string
	kind         string
	w            int
	unit         string
	queries      []q
	base         string // colour below the first mark; "": calm where there are marks, else plain
	marks        []mark
	words        map[string]string // of single values
	paints       []paint
	percent      bool   // from 0 to 1
	none         string // what is shown without a value
	trend        bool   // of a stat: the line behind the number
	named        bool   // of a stat: the name of the series is what is shown
	columns      []column
}

// column is one of a table, from the query of the same place.
type column struct {
	name, unit string
	marks      []mark
	words      map[string]string
}

// row is panels side by side.
type row struct {
	height int
	looks  []look
}

var datasource = Source{"prometheus", "${datasource}"}

// board lays rows out from the top to the bottom.
func board(uid, title, about, from string, rows ...row) Board {
	b := Board{
		UID: uid, Title: title, Description: about, Tags: []string{"ajar"}, SchemaVersion: 42, Version: 1, Editable: true, GraphTooltip: 1,
		Refresh: "1m", Timezone: "browser", Time: Span{from, "now"},
		Links: []Link{{
			Title: "ajar", Type: "dashboards", Tags: []string{"ajar"}, Icon: "external link", Tooltip: "the other dashboards of ajar",
			IncludeVars: true, KeepTime: true,
		}},
		Templating: Templating{[]Variable{
			{Name: "datasource", Label: "Prometheus", Type: "datasource", Query: "prometheus", Refresh: 1},
			{
				Name: "org", Label: "Organization", Type: "query", Datasource: &datasource,
				Query:   map[string]any{"query": orgs, "refId": "org"},
				Current: &VariableAt{true, "All", "$__all"}, Refresh: 2, Sort: 1, Multi: true, IncludeAll: true, AllValue: ".*",
			},
		}},
	}
	y := 0
	for _, r := range rows {
		x := 0
		for _, l := range r.looks {
			p := l.panel(len(b.Panels) + 1)
			p.GridPos = GridPos{H: r.height, W: l.w, X: x, Y: y}
			b.Panels = append(b.Panels, p)
			x += l.w
		}
		y += r.height
	}
	return b
}

const orgs = "label_values(ajar_audit_last_success_timestamp_seconds, org)"

func (l look) panel(id int) Panel {
	kind := l.kind
	if kind == stacks {
		kind = lines
	}
	p := Panel{
		ID: id, Type: kind, Title: l.title, Description: l.about, Datasource: datasource, Options: l.options(), Transformations: l.transformations(),
		FieldConfig: FieldConfig{Defaults: l.defaults(), Overrides: l.overrides()},
	}
	for i, one := range l.queries {
		t := Target{RefID: string(rune('A' + i)), Datasource: datasource, EditorMode: "code", Expr: one.expr, LegendFormat: one.legend}
		t.Instant, t.Range = l.instant(), !l.instant()
		if l.kind == table {
			t.Format = "table"
		}
		p.Targets = append(p.Targets, t)
	}
	return p
}

// instant reports whether only the newest value is wanted.
func (l look) instant() bool { return l.kind == table || l.kind == bars || l.kind == stat && !l.trend }

func (l look) defaults() Defaults {
	d := Defaults{Unit: l.unit, NoValue: l.none, Color: map[string]any{"mode": "thresholds"}, Thresholds: thresholds(l.base, l.marks)}
	if len(l.words) > 0 {
		d.Mappings = []Mapping{mapping(l.words)}
	}
	if l.counts() {
		whole := 0 // increase() makes parts of what happened out of whole things
		d.Decimals = &whole
	}
	if l.percent {
		zero, one := 0.0, 1.0
		d.Min, d.Max = &zero, &one
	}
	switch l.kind {
	case lines, stacks:
		d.Color = map[string]any{"mode": "palette-classic"}
		d.Custom = map[string]any{"drawStyle": "line", "lineWidth": 2, "fillOpacity": 10, "showPoints": "never", "lineInterpolation": "stepAfter", "spanNulls": true}
		if l.kind == stacks {
			d.Custom["stacking"] = map[string]any{"mode": "normal", "group": "A"}
			d.Custom["fillOpacity"], d.Custom["lineWidth"] = 70, 1
		}
		if len(l.marks) > 0 {
			d.Custom["thresholdsStyle"] = map[string]any{"mode": "dashed"}
		}
		if !strings.Contains(l.unit, "percent") {
			d.Custom["axisSoftMin"] = 0
		}
	case table:
		d.Custom = map[string]any{"align": "auto", "filterable": false}
	}
	return d
}

// counts reports whether values are numbers of things.
func (l look) counts() bool {
	return l.unit == "short" && !slices.ContainsFunc(l.queries, func(q q) bool { return strings.Contains(q.expr, "rate(process_cpu") })
}

func thresholds(base string, marks []mark) Thresholds {
	if base == "" {
		base = plain
		if len(marks) > 0 {
			base = calm
		}
	}
	t := Thresholds{"absolute", []Step{{Color: base}}}
	for _, m := range marks {
		t.Steps = append(t.Steps, Step{m.color, &m.from})
	}
	return t
}

func mapping(words map[string]string) Mapping {
	m := Mapping{"value", map[string]any{}}
	for value, word := range words {
		m.Options[value] = map[string]any{"text": word}
	}
	return m
}

func (l look) overrides() []Override {
	out := []Override{}
	for _, p := range l.paints {
		out = append(out, Override{Matcher{"byName", p.name}, []Property{{"color", map[string]any{"mode": "fixed", "fixedColor": p.color}}}})
	}
	for _, c := range l.columns {
		o := Override{Matcher{"byName", c.name}, []Property{{"unit", c.unit}}}
		if len(c.words) > 0 {
			o.Properties = append(o.Properties, Property{"mappings", []Mapping{mapping(c.words)}})
		}
		if len(c.marks) > 0 {
			o.Properties = append(o.Properties,
				Property{"thresholds", thresholds("", c.marks)},
				Property{"custom.cellOptions", map[string]any{"type": "color-background", "mode": "basic"}})
		}
		out = append(out, o)
	}
	return out
}

func (l look) options() map[string]any {
	last := map[string]any{"calcs": []string{"lastNotNull"}, "fields": "", "values": false}
	switch l.kind {
	case stat:
		graph := "none"
		if l.trend {
			graph = "area"
		}
		text := "auto"
		if l.named {
			text = "name"
		}
		return map[string]any{
			"colorMode": "background", "graphMode": graph, "justifyMode": "auto", "orientation": "auto", "textMode": text, "wideLayout": true,
			"showPercentChange": false, "percentChangeColorMode": "standard", "reduceOptions": last,
		}
	case bars:
		return map[string]any{
			"displayMode": "basic", "orientation": "horizontal", "reduceOptions": last, "showUnfilled": true, "valueMode": "color", "namePlacement": "auto",
			"sizing": "auto", "minVizWidth": 8, "minVizHeight": 16, "maxVizHeight": 300,
			"legend": map[string]any{"calcs": []string{}, "displayMode": "list", "placement": "bottom", "showLegend": false},
		}
	case table:
		o := map[string]any{"showHeader": true, "cellHeight": "sm", "frameIndex": 0}
		if len(l.columns) > 0 {
			o["sortBy"] = []map[string]any{{"displayName": l.columns[0].name, "desc": true}}
		}
		return o
	}
	return map[string]any{
		"legend":  map[string]any{"calcs": []string{"lastNotNull", "max"}, "displayMode": "table", "placement": "bottom", "showLegend": true},
		"tooltip": map[string]any{"mode": "multi", "sort": "desc"},
	}
}

// transformations join the queries of a table by their labels.
func (l look) transformations() []Transformation {
	if l.kind != table {
		return nil
	}
	names, hidden := map[string]any{}, map[string]any{"Time": true}
	for i, c := range l.columns {
		names["Value #"+string(rune('A'+i))] = c.name
	}
	if len(l.columns) == 1 {
		names["Value"] = l.columns[0].name
	}
	return []Transformation{
		{"merge", map[string]any{}},
		{"organize", map[string]any{"renameByName": names, "excludeByName": hidden, "indexByName": map[string]any{}}},
	}
}
