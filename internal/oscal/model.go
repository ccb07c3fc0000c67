package oscal

// The types below are the part of OSCAL's assessment results that is used here, by the
// names of NIST's JSON schema; the order of the fields is that of the document.

type document struct {
	Results assessmentResults `json:"assessment-results"`
}

type assessmentResults struct {
	UUID     string     `json:"uuid"`
	Metadata metadata   `json:"metadata"`
	Plan     importPlan `json:"import-ap"`
	Local    objectives `json:"local-definitions"`
	Results  []result   `json:"results"`
	Back     backMatter `json:"back-matter"`
}

type metadata struct {
	Title        string     `json:"title"`
	LastModified string     `json:"last-modified"`
	Version      string     `json:"version"`
	OSCAL        string     `json:"oscal-version"`
	Props        []property `json:"props"`
	Remarks      string     `json:"remarks"`
}

type property struct {
	Name  string `json:"name"`
	NS    string `json:"ns"`
	Value string `json:"value"`
}

type importPlan struct {
	Href    string `json:"href"`
	Remarks string `json:"remarks"`
}

type objectives struct {
	Objectives []objective `json:"objectives-and-methods"`
}

type objective struct {
	Control     string `json:"control-id"`
	Description string `json:"description"`
	Parts       []part `json:"parts"`
}

type part struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Prose string `json:"prose"`
}

type result struct {
	UUID         string          `json:"uuid"`
	Title        string          `json:"title"`
	Description  string          `json:"description"`
	Start        string          `json:"start"`
	End          string          `json:"end"`
	Props        []property      `json:"props"`
	Local        localDefinition `json:"local-definitions"`
	Reviewed     reviewed        `json:"reviewed-controls"`
	Observations []observation   `json:"observations,omitempty"`
	Findings     []finding       `json:"findings"`
	Remarks      string          `json:"remarks,omitempty"`
}

type localDefinition struct {
	Components []component `json:"components,omitempty"`
	Assets     assets      `json:"assessment-assets"`
}

type component struct {
	UUID        string     `json:"uuid"`
	Type        string     `json:"type"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Props       []property `json:"props,omitempty"`
	Status      state      `json:"status"`
}

type assets struct {
	Components []component `json:"components"`
	Platforms  []platform  `json:"assessment-platforms"`
}

type platform struct {
	UUID  string `json:"uuid"`
	Title string `json:"title"`
	Uses  []used `json:"uses-components"`
}

type used struct {
	Component string `json:"component-uuid"`
}

type state struct {
	State   string `json:"state"`
	Reason  string `json:"reason,omitempty"`
	Remarks string `json:"remarks,omitempty"`
}

type reviewed struct {
	Controls   []controlSelection   `json:"control-selections"`
	Objectives []objectiveSelection `json:"control-objective-selections"`
}

type controlSelection struct {
	Description string      `json:"description"`
	Include     []controlBy `json:"include-controls"`
}

type controlBy struct {
	ID string `json:"control-id"`
}

type objectiveSelection struct {
	Include []objectiveBy `json:"include-objectives"`
}

type objectiveBy struct {
	ID string `json:"objective-id"`
}

type observation struct {
	UUID        string     `json:"uuid"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Props       []property `json:"props,omitempty"`
	Methods     []string   `json:"methods"`
	Types       []string   `json:"types"`
	Origins     []origin   `json:"origins"`
	Subjects    []subject  `json:"subjects,omitempty"`
	Evidence    []relevant `json:"relevant-evidence,omitempty"`
	Collected   string     `json:"collected"`
	Remarks     string     `json:"remarks,omitempty"`
}

type origin struct {
	Actors []actor `json:"actors"`
}

type actor struct {
	Type string `json:"type"`
	UUID string `json:"actor-uuid"`
}

type subject struct {
	UUID string `json:"subject-uuid"`
	Type string `json:"type"`
}

type relevant struct {
	Description string `json:"description"`
}

type finding struct {
	UUID        string    `json:"uuid"`
	Title       string    `json:"title"`
	Description string    `json:"description"`
	Origins     []origin  `json:"origins"`
	Target      target    `json:"target"`
	Related     []related `json:"related-observations,omitempty"`
}

type target struct {
	Type   string `json:"type"`
	ID     string `json:"target-id"`
	Title  string `json:"title"`
	Status state  `json:"status"`
}

type related struct {
	Observation string `json:"observation-uuid"`
}

type backMatter struct {
	Resources []resource `json:"resources"`
}

type resource struct {
	UUID        string `json:"uuid"`
	Title       string `json:"title"`
	Description string `json:"description"`
}
