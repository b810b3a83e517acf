package ui

import "context"

// PeopleHub is what the People screen needs of the hub.
type PeopleHub interface {
	PeopleSummary(ctx context.Context) (PeopleSummary, error)
	// People answers every row that fits, names ascending.
	People(ctx context.Context, query PeopleQuery) ([]Person, error)
	// Import reads people and rooms of every connected platform.
	Import(ctx context.Context, progress Progress) (string, error)
	// EnablePeople lets messages appear in people's names, or stops it.
	EnablePeople(ctx context.Context, ids []string, on bool) error
	// DecidePeople confirms or rejects suggested matches.
	DecidePeople(ctx context.Context, ids []string, accept bool) error
}

// PeopleQuery narrows the list.
type PeopleQuery struct {
	State  MatchState `json:"state"`  // "" for all
	Search string     `json:"search"` // in names, addresses and org units
}

// Side is one platform's half of a row or of a count.
type Side struct {
	Platform string `json:"platform"`
	Name     string `json:"name"` // "Google Chat"
	Tenant   string `json:"tenant"`
	People   int    `json:"people"`
	Rooms    int    `json:"rooms"`
	Imported string `json:"imported"` // when, RFC 3339; "" for never
	Scope    string `json:"scope"`    // "Everybody", "Org unit /Sales"
}

// PeopleSummary is what stands above the table.
type PeopleSummary struct {
	Sides     []Side `json:"sides"`
	All       int    `json:"all"`
	Linked    int    `json:"linked"`
	Matched   int    `json:"matched"`
	Suggested int    `json:"suggested"`
	Conflict  int    `json:"conflict"`
	Unmatched int    `json:"unmatched"`
	Suspended int    `json:"suspended"`
}

// Account is one platform's account in a row; an empty ID stands for none.
type Account struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Address string `json:"address"`
	OrgUnit string `json:"orgUnit"`
	Guest   bool   `json:"guest"`
	State   string `json:"state"` // "active", "suspended", "deleted"
}

// Person is one row: an account on the left, its counterpart on the right.
type Person struct {
	ID    string  `json:"id"`
	Left  Account `json:"left"`
	Right Account `json:"right"`
	// Rule is why they match: "Same address", "Alias", "Employee ID", "Same name".
	Rule    string     `json:"rule"`
	Why     string     `json:"why"` // the evidence in a sentence
	State   MatchState `json:"state"`
	Enabled bool       `json:"enabled"`
	// Candidates are the accounts in question when State is conflict.
	Candidates []Account `json:"candidates"`
}

// People is the People screen.
type People struct {
	screen
	hub PeopleHub
}

// Summary answers the counts above the table.
func (p *People) Summary() (PeopleSummary, error) {
	s, err := p.hub.PeopleSummary(p.ctx)
	s.Sides = full(s.Sides)
	return s, err
}

// List answers every row that fits the query.
func (p *People) List(query PeopleQuery) ([]Person, error) {
	rows, err := p.hub.People(p.ctx, query)
	for i := range rows {
		rows[i].Candidates = full(rows[i].Candidates)
	}
	return full(rows), err
}

// Import reads people and rooms of every connected platform, as a job.
func (p *People) Import() (string, error) {
	return p.jobs.start("import", "", func(ctx context.Context, progress Progress) (string, error) {
		return p.hub.Import(ctx, progress)
	}, TopicPeople, TopicRooms, TopicPlatforms, TopicPlan)
}

// Enable lets messages appear in people's names, or stops it.
func (p *People) Enable(ids []string, on bool) error {
	defer p.events.Emit(string(TopicPeople))
	return p.hub.EnablePeople(p.ctx, ids, on)
}

// Decide confirms or rejects suggested matches.
func (p *People) Decide(ids []string, accept bool) error {
	defer p.events.Emit(string(TopicPeople))
	return p.hub.DecidePeople(p.ctx, ids, accept)
}
